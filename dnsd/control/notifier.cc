#include "dnsd/control/notifier.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "dnsd/serve/sockets.h"
#include "dnsd/transfer/message_writer.h"
#include "dnsd/wire/header.h"
#include "dnsd/zone/zone.h"

namespace waypost::control {
namespace {

/// How soon a reply, or that there is none, is noticed.
constexpr std::chrono::milliseconds kNotifyTick{100};
constexpr std::chrono::seconds kFirstWait{1};
constexpr unsigned kMaxSent = 6;

serve::FileDescriptor Open(int family) {
  return serve::FileDescriptor(socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

SocketAddress AddressOf(const serve::KernelAddress& from) {
  const bool is_v4 = from.any.sa_family == AF_INET;
  return {serve::FromKernel(from), ntohs(is_v4 ? from.v4.sin_port : from.v6.sin6_port)};
}

}  // namespace

Notifier::Notifier(const Clock& clock, uint64_t seed)
    : clock_(clock),
      random_(seed),
      v4_(Open(AF_INET)),
      v6_(Open(AF_INET6)),
      executor_("notify", SerialExecutor::Pace::kPrompt, kNotifyTick, [this] { Tick(); }) {}

Notifier::~Notifier() { Stop(); }

void Notifier::Stop() { executor_.Stop(); }

void Notifier::Notify(News news) {
  executor_.PostAlways([this, news = std::move(news)] { Add(news); });
}

void Notifier::Add(News news) {
  std::erase_if(pending_, [&news](const Pending& other) {
    return other.news.origin == news.origin && other.news.peer == news.peer;
  });
  Pending& pending = pending_.emplace_back();
  pending.news = std::move(news);
  Send(pending);
}

void Notifier::Tick() {
  Receive(v4_);
  Receive(v6_);
  for (Pending& pending : pending_) {
    if (clock_.Now() < pending.next) continue;
    if (pending.sent < kMaxSent) {
      Send(pending);
    } else {
      spdlog::warn("component=transfer event=notify-unanswered zone={} peer={} serial={}",
                   pending.news.origin.ToString(), pending.news.peer.ToString(),
                   pending.news.serial);
      pending.sent = kMaxSent + 1;
    }
  }
  std::erase_if(pending_, [](const Pending& pending) { return pending.sent > kMaxSent; });
}

void Notifier::Send(Pending& pending) {
  pending.id = static_cast<uint16_t>(random_.Next());
  pending.next = clock_.Now() + kFirstWait * (1 << pending.sent++);
  std::array<uint8_t, wire::kMaxUdpPayload> buffer;
  constexpr uint16_t kFlags =
      static_cast<uint16_t>(wire::Opcode::kNotify) << wire::kOpcodeShift | wire::kFlagAuthoritative;
  transfer::MessageWriter writer(buffer, pending.id, kFlags);
  writer.AddQuestion(pending.news.origin.wire(), zone::kSoa);
  size_t octets = writer.octets();
  if (pending.news.key != nullptr) {
    transfer::TsigSigner signer(pending.news.key);
    octets = signer.Sign(buffer, octets, clock_.WallNow());
    pending.mac = signer.mac();
  }
  serve::KernelAddress to;
  const socklen_t length = serve::ToKernel(pending.news.peer, to);
  const auto& socket = pending.news.peer.address.is_v4() ? v4_ : v6_;
  // A datagram that is not sent is one that is not answered: it is sent again.
  [[maybe_unused]] const ssize_t sent =
      sendto(socket.get(), buffer.data(), octets, MSG_NOSIGNAL, &to.any, length);
}

void Notifier::Receive(const serve::FileDescriptor& socket) {
  std::array<uint8_t, wire::kMaxUdpPayload> buffer;
  // No more than could have been asked for, so that a flood of replies ends.
  for (size_t i = 0; i <= pending_.size() * kMaxSent; ++i) {
    serve::KernelAddress from;
    socklen_t length = sizeof from;
    const ssize_t octets =
        recvfrom(socket.get(), buffer.data(), buffer.size(), 0, &from.any, &length);
    if (octets < 0) return;
    TakeReply(AddressOf(from), std::span(buffer).first(static_cast<size_t>(octets)));
  }
}

bool Notifier::IsReplyTo(const Pending& pending, const SocketAddress& from,
                         std::span<const uint8_t> octets) const {
  if (pending.news.peer != from) return false;
  const auto message = transfer::ReadMessage(octets);
  const bool is_reply = message && message->id == pending.id &&
                        (message->flags & wire::kFlagResponse) != 0 &&
                        message->opcode() == static_cast<unsigned>(wire::Opcode::kNotify);
  if (!is_reply || pending.news.key == nullptr) return is_reply;
  transfer::TsigChecker checker(pending.news.key, pending.mac);
  return checker.Check(octets, *message, clock_.WallNow()) == transfer::TsigError::kNone;
}

void Notifier::TakeReply(const SocketAddress& from, std::span<const uint8_t> octets) {
  std::erase_if(pending_, [&](const Pending& pending) { return IsReplyTo(pending, from, octets); });
}

}  // namespace waypost::control
