#include "healthd/diagnose/hop_probe.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace waypost::diagnose {
namespace {

/// As traceroute has always done: nothing listens from here on.
constexpr uint16_t kUdpPorts = 33434;
constexpr uint16_t kTcpPort = 80;

uint64_t DrawNonce() {
  uint64_t nonce = 0;
  if (getrandom(&nonce, sizeof nonce, 0) != sizeof nonce) nonce = 1;
  return nonce;
}

SocketAddress WithPort(SocketAddress target, v1::PathProtocol protocol, uint16_t sequence) {
  if (protocol == v1::PATH_PROTOCOL_UDP) target.port = static_cast<uint16_t>(kUdpPorts + sequence);
  if (protocol == v1::PATH_PROTOCOL_TCP && target.port == 0) target.port = kTcpPort;
  if (protocol == v1::PATH_PROTOCOL_ICMP) target.port = 0;
  return target;
}

/// The sequence number of the echo request that came back; nullopt: it is none.
std::optional<unsigned> SequenceOf(const std::string& packet) {
  constexpr size_t kAt = 6;
  if (packet.size() < kAt + 2) return {};
  return static_cast<unsigned>(static_cast<uint8_t>(packet[kAt]) << 8 |
                               static_cast<uint8_t>(packet[kAt + 1]));
}

}  // namespace

HopProbe::HopProbe(v1::PathProtocol protocol, const SocketAddress& target, int ttl,
                   uint16_t sequence)
    : protocol_(protocol),
      target_(WithPort(target, protocol, sequence)),
      ttl_(ttl),
      identity_{target.address.family(), 0, DrawNonce()},
      sequence_(sequence),
      sent_(std::chrono::steady_clock::now()) {
  identity_.id = static_cast<uint16_t>(identity_.nonce);
  if (Open())
    Send(sequence);
  else
    Settle(State::kLocal, {});
}

bool HopProbe::Open() {
  const IpFamily family = target_.address.family();
  const int icmp =
      family == IpFamily::kV4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  if (protocol_ == v1::PATH_PROTOCOL_UDP) socket_ = Socket::Open(family, SOCK_DGRAM, 0);
  if (protocol_ == v1::PATH_PROTOCOL_TCP) socket_ = Socket::Open(family, SOCK_STREAM, 0);
  if (protocol_ == v1::PATH_PROTOCOL_ICMP) {
    socket_ = Socket::Open(family, SOCK_DGRAM, icmp);
    is_raw_ = !socket_.valid();
    if (is_raw_) socket_ = Socket::Open(family, SOCK_RAW, icmp);
  }
  return socket_.valid() && socket_.SetHops(family, ttl_);
}

void HopProbe::Send(uint16_t sequence) {
  if (protocol_ == v1::PATH_PROTOCOL_TCP) {
    const linger reset{1, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  const int error = socket_.Connect(target_);
  if (error == ECONNREFUSED || (error == 0 && protocol_ == v1::PATH_PROTOCOL_TCP))
    return Settle(State::kTarget, target_.address);
  if (error != 0 && error != EINPROGRESS) return Settle(State::kLocal, {});
  if (protocol_ == v1::PATH_PROTOCOL_TCP) return;
  const std::string packet = protocol_ == v1::PATH_PROTOCOL_ICMP
                                 ? probe::BuildEcho(identity_, sequence)
                                 : std::string(8, '\0');
  const ssize_t sent = send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
  if (sent < 0) Settle(State::kLocal, {});
}

short HopProbe::events() const { return protocol_ == v1::PATH_PROTOCOL_TCP ? POLLOUT : POLLIN; }

void HopProbe::Hear() {
  HearErrors();
  if (state_ != State::kWaiting) return;
  if (protocol_ == v1::PATH_PROTOCOL_TCP)
    HearStream();
  else
    HearDatagram();
}

void HopProbe::HearErrors() {
  while (state_ == State::kWaiting) {
    const auto error = TakeIcmpError(socket_.get());
    if (!error) return;
    if (IsOwn(*error)) Take(*error);
  }
}

/// Raw sockets hear what is said of others' packets to the same address too.
bool HopProbe::IsOwn(const IcmpError& error) const {
  return !is_raw_ || error.is_local || SequenceOf(error.packet) == sequence_;
}

void HopProbe::Take(const IcmpError& error) {
  const IcmpMeaning meaning = error.meaning();
  if (meaning == IcmpMeaning::kTimeExceeded) return Settle(State::kRouter, error.from);
  const bool is_arrived = protocol_ == v1::PATH_PROTOCOL_UDP &&
                          meaning == IcmpMeaning::kPortUnreachable && error.from == target_.address;
  if (is_arrived) return Settle(State::kTarget, error.from);
  told_ = error;
  Settle(State::kRefusal, error.from);
}

void HopProbe::HearStream() {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  const bool is_arrived = error == 0 || error == ECONNREFUSED || error == ECONNRESET;
  Settle(is_arrived ? State::kTarget : State::kLocal, target_.address);
}

void HopProbe::HearDatagram() {
  std::array<char, 512> bytes;
  for (;;) {
    const ssize_t count = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0) return;
    const std::string_view packet(bytes.data(), static_cast<size_t>(count));
    const bool has_ip_header = is_raw_ && identity_.family == IpFamily::kV4;
    if (protocol_ == v1::PATH_PROTOCOL_UDP ||
        probe::ParseEchoReply(identity_, packet, has_ip_header) == sequence_)
      return Settle(State::kTarget, target_.address);
  }
}

void HopProbe::Settle(State state, const IpAddress& from) {
  using std::chrono::microseconds;
  const auto time = std::chrono::steady_clock::now() - sent_;
  rtt_ = std::max(microseconds(1), std::chrono::duration_cast<microseconds>(time));
  state_ = state;
  from_ = from;
}

}  // namespace waypost::diagnose
