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
constexpr std::chrono::milliseconds kNotifyTick{20};
constexpr std::chrono::seconds kFirstWait{1};
constexpr unsigned kMaxSent = 6;
/// As many replies as a socket has room for.
constexpr unsigned kMaxSentInTick = 100;

FileDescriptor Open(int family) {
  return FileDescriptor(socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
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
  const Key key{news.peer, std::string(news.origin.Lowered().wire())};
  Pending& pending = pending_[key];
  Unschedule(key, pending);
  pending = Pending{.news = std::move(news), .next = clock_.Now()};
  news_.insert({pending.next, key});
  if (sent_in_tick_ < kMaxSentInTick) Send(key, pending);
}

void Notifier::Tick() {
  Receive(v4_);
  Receive(v6_);
  sent_in_tick_ = 0;
  while (!news_.empty() && sent_in_tick_ < kMaxSentInTick) {
    const Key key = news_.begin()->second;
    Send(key, pending_.at(key));
  }
  while (!due_.empty() && due_.begin()->first <= clock_.Now() && sent_in_tick_ < kMaxSentInTick) {
    const Key key = due_.begin()->second;
    Pending& pending = pending_.at(key);
    if (pending.sent < kMaxSent) {
      Send(key, pending);
    } else {
      GiveUp(key);
    }
  }
}

void Notifier::GiveUp(const Key& key) {
  const Pending& pending = pending_.at(key);
  spdlog::warn("component=transfer event=notify-unanswered zone={} peer={} serial={}",
               pending.news.origin.ToString(), pending.news.peer.ToString(), pending.news.serial);
  Unschedule(key, pending);
  pending_.erase(key);
}

void Notifier::Unschedule(const Key& key, const Pending& pending) {
  news_.erase({pending.next, key});
  due_.erase({pending.next, key});
  const auto [first, last] = asked_.equal_range({key.first, pending.id});
  const auto asked = std::find_if(first, last, [&](const auto& one) { return one.second == key; });
  if (asked != last) asked_.erase(asked);
}

void Notifier::Send(const Key& key, Pending& pending) {
  Unschedule(key, pending);
  ++sent_in_tick_;
  pending.id = static_cast<uint16_t>(random_.Next());
  pending.next = clock_.Now() + kFirstWait * (1 << pending.sent++);
  asked_.insert({{key.first, pending.id}, key});
  due_.insert({pending.next, key});
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

void Notifier::Receive(const FileDescriptor& socket) {
  std::array<uint8_t, wire::kMaxUdpPayload> buffer;
  // No more than could have been asked for, so that a flood of replies ends.
  const size_t most = asked_.size();
  for (size_t i = 0; i <= most; ++i) {
    serve::KernelAddress from;
    socklen_t length = sizeof from;
    const ssize_t octets =
        recvfrom(socket.get(), buffer.data(), buffer.size(), 0, &from.any, &length);
    if (octets < 0) return;
    TakeReply(AddressOf(from), std::span(buffer).first(static_cast<size_t>(octets)));
  }
}

bool Notifier::IsSignedAsDue(const Pending& pending, std::span<const uint8_t> octets,
                             const transfer::Message& message) const {
  if (pending.news.key == nullptr) return true;
  transfer::TsigChecker checker(pending.news.key, pending.mac);
  return checker.Check(octets, message, clock_.WallNow()) == transfer::TsigError::kNone;
}

void Notifier::TakeReply(const SocketAddress& from, std::span<const uint8_t> octets) {
  const auto message = transfer::ReadMessage(octets);
  const bool is_reply = message && (message->flags & wire::kFlagResponse) != 0 &&
                        message->opcode() == static_cast<unsigned>(wire::Opcode::kNotify);
  if (!is_reply) return;
  const auto [first, last] = asked_.equal_range({from, message->id});
  const auto asked = std::find_if(first, last, [&](const auto& one) {
    const Pending& pending = pending_.at(one.second);
    const bool is_of_zone = message->questions.empty() ||
                            transfer::LoweredName(message->questions[0].name) == one.second.second;
    return is_of_zone && IsSignedAsDue(pending, octets, *message);
  });
  if (asked == last) return;
  const Key key = asked->second;
  Unschedule(key, pending_.at(key));
  pending_.erase(key);
}

}  // namespace waypost::control
