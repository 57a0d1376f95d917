#include "dnsd/serve/udp_worker.h"

#include <array>
#include <memory>

namespace waypost::serve {

UdpWorker::UdpWorker(std::vector<UdpSocket> sockets, const Service& service, uint64_t seed)
    : sockets_(std::move(sockets)),
      reader_(service.snapshots),
      protections_(service.protections),
      responder_(service.identity, service.decide, seed, tally_),
      handler_(service.handler) {
  if (handler_ != nullptr) responder_.HandOver();
  for (const auto& socket : sockets_)
    polled_.push_back({.fd = socket.descriptor.get(), .events = POLLIN});
}

void UdpWorker::Run(const std::atomic<bool>& stop) noexcept {
  while (!stop.load(std::memory_order_relaxed)) {
    if (sockets_.size() == 1) {
      ServeBatch(sockets_[0], MSG_WAITFORONE);
    } else {
      ServeReady();
    }
  }
  Drain();
}

void UdpWorker::ServeReady() noexcept {
  const int ready = poll(polled_.data(), polled_.size(), kIdleWakeMs);
  if (ready <= 0) reader_.Get();
  for (size_t i = 0; i < polled_.size() && ready > 0; ++i) {
    if (polled_[i].revents != 0) ServeBatch(sockets_[i], MSG_DONTWAIT);
  }
}

size_t UdpWorker::ServeBatch(const UdpSocket& socket, int flags) noexcept {
  const size_t received = batch_.Receive(socket.descriptor.get(), flags);
  // Only now, so that a query sent after a publication never meets the snapshot before it.
  const Snapshot* snapshot = reader_.Get();
  const Protection& protection = *protections_.Get();
  responder_.Obey(protection, protection.needs_time() ? Moment::Now() : Moment{});
  for (size_t i = 0; i < received; ++i) lookahead_.Add(batch_.query(i), batch_.sender(i));
  lookahead_.Load(snapshot);
  for (size_t i = 0; i < received; ++i) {
    if (IsToIgnore(i, socket)) {
      tally_.ignored.Add();
    } else {
      ServeOne(i, socket, snapshot);
    }
  }
  const size_t failed = batch_.Send(socket.descriptor.get());
  if (failed > 0) tally_.send_errors.Add(failed);
  return received;
}

bool UdpWorker::IsToIgnore(size_t i, const UdpSocket& socket) const noexcept {
  const uint16_t port = batch_.sender_port(i);
  if (port != socket.address.port) return port == 0;
  return batch_.sender(i) == Asked(i, socket, {});
}

void UdpWorker::ServeOne(size_t i, const UdpSocket& socket, const Snapshot* snapshot) noexcept {
  auto query = batch_.query(i);
  Ends ends{batch_.sender(i), std::nullopt};
  if (!responder_.Unwrap(query, ends)) return;
  Horizon horizon = snapshot;
  if (snapshot != nullptr && snapshot->views != nullptr) {
    horizon.view = snapshot->views->Find({ends.client, Asked(i, socket, ends), {}});
  }
  horizon.hint = &lookahead_.HintOf(i, query);
  const size_t octets =
      responder_.Respond(query, ends.client, Transport::kUdp, horizon, batch_.NextReply());
  if (octets == Responder::kHandOver) {
    HandOver(i, socket, query, ends);
  } else {
    batch_.Reply(i, octets);
  }
}

void UdpWorker::HandOver(size_t i, const UdpSocket& socket, std::span<const uint8_t> query,
                         const Ends& ends) noexcept {
  handler_->Handle(
      {{query.begin(), query.end()}, ends.client, Transport::kUdp, Asked(i, socket, ends)},
      std::make_unique<UdpReply>(socket.descriptor.get(), batch_.way_back(i)));
}

void UdpWorker::Drain() noexcept {
  for (const auto& socket : sockets_) {
    for (int i = 0; i < kMaxDrainedBatches; ++i) {
      if (ServeBatch(socket, MSG_DONTWAIT) == 0) break;
    }
  }
}

}  // namespace waypost::serve
