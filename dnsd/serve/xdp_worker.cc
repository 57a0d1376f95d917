#include "dnsd/serve/xdp_worker.h"

#include <algorithm>

namespace waypost::serve {

XdpWorker::XdpWorker(std::unique_ptr<xdp::RingSocket> ring, std::vector<UdpSocket> sockets,
                     unsigned mtu, const Service& service, uint64_t seed)
    : ring_(std::move(ring)),
      sockets_(std::move(sockets)),
      mtu_(mtu),
      reader_(service.snapshots),
      protections_(service.protections),
      responder_(service.identity, service.decide, seed, tally_),
      handler_(service.handler) {
  if (handler_ != nullptr) responder_.HandOver();
}

void XdpWorker::Run(const std::atomic<bool>& stop) noexcept {
  while (!stop.load(std::memory_order_relaxed)) {
    if (ServeBatch() == 0) ring_->Wait(kIdleWakeMs);
  }
  for (int i = 0; i < kMaxDrainedBatches && ServeBatch() > 0; ++i) {
  }
}

size_t XdpWorker::ServeBatch() noexcept {
  const auto frames = ring_->Receive();
  // Only now, so that a query sent after a publication never meets the snapshot before it.
  const Snapshot* snapshot = reader_.Get();
  const Protection& protection = *protections_.Get();
  if (frames.empty()) return 0;
  responder_.Obey(protection, protection.needs_time() ? Moment::Now() : Moment{});
  for (size_t i = 0; i < frames.size(); ++i) read_[i] = xdp::ReadFrame(frames[i]);
  LookAhead(frames, snapshot);
  size_t place = 0;
  for (size_t i = 0; i < frames.size(); ++i) {
    ServeFrame(frames[i], read_[i], snapshot, place);
    if (read_[i]) ++place;
  }
  const size_t failed = ring_->Finish();
  if (failed > 0) tally_.send_errors.Add(failed);
  return frames.size();
}

void XdpWorker::LookAhead(std::span<const std::span<const uint8_t>> frames,
                          const Snapshot* snapshot) noexcept {
  for (size_t i = 0; i < frames.size(); ++i) {
    if (!read_[i]) continue;
    lookahead_.Add(frames[i].subspan(read_[i]->payload_at, read_[i]->payload_octets),
                   read_[i]->from.address);
  }
  lookahead_.Load(snapshot);
}

void XdpWorker::ServeFrame(std::span<const uint8_t> frame,
                           const std::optional<xdp::Datagram>& asked, const Snapshot* snapshot,
                           size_t place) noexcept {
  if (!asked) return tally_.bad_frames.Add();
  if (asked->from.port == 0 || asked->from == asked->to) return tally_.ignored.Add();
  auto query = frame.subspan(asked->payload_at, asked->payload_octets);
  Ends ends{asked->from.address, std::nullopt};
  if (!responder_.Unwrap(query, ends)) return;
  const auto room = ring_->Borrow();
  if (!room) return tally_.send_errors.Add();
  const size_t header = xdp::ReplyHeaderOctets(*asked);
  const size_t limit = std::min<size_t>(room->size(), mtu_ + asked->network_at);
  Horizon horizon = HorizonOf(snapshot, *asked, ends);
  horizon.hint = &lookahead_.HintOf(place, query);
  const size_t octets = responder_.Respond(query, ends.client, Transport::kUdp, horizon,
                                           room->subspan(header, limit - header));
  if (octets == Responder::kHandOver) {
    HandOver(*asked, query, ends);
  } else if (octets > 0) {
    ring_->Send(xdp::WriteReplyHeaders(frame, *asked, *room, octets));
  }
}

Horizon XdpWorker::HorizonOf(const Snapshot* snapshot, const xdp::Datagram& asked,
                             const Ends& ends) const noexcept {
  Horizon horizon = snapshot;
  if (snapshot != nullptr && snapshot->views != nullptr) {
    horizon.view = snapshot->views->Find({ends.client, ends.asked.value_or(asked.to.address), {}});
  }
  return horizon;
}

const UdpSocket* XdpWorker::SocketFor(const SocketAddress& asked) const noexcept {
  for (const UdpSocket& socket : sockets_) {
    const bool is_its_address = socket.address.address == asked.address ||
                                (IsWildcard(socket.address.address) &&
                                 socket.address.address.family() == asked.address.family());
    if (is_its_address && socket.address.port == asked.port) return &socket;
  }
  return nullptr;
}

void XdpWorker::HandOver(const xdp::Datagram& asked, std::span<const uint8_t> query,
                         const Ends& ends) noexcept {
  const UdpSocket* const socket = SocketFor(asked.to);
  if (socket == nullptr) return;
  handler_->Handle({{query.begin(), query.end()},
                    ends.client,
                    Transport::kUdp,
                    ends.asked.value_or(asked.to.address)},
                   std::make_unique<UdpReply>(socket->descriptor.get(),
                                              UdpReturn::Between(asked.from, asked.to.address)));
}

}  // namespace waypost::serve
