#include "healthd/probe/icmp_echo.h"

#include <cstring>

namespace waypost::probe {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr char kRequest4 = 8;
constexpr char kReply4 = 0;
constexpr char kRequest6 = static_cast<char>(128);
constexpr char kReply6 = static_cast<char>(129);
constexpr size_t kHeader = 8;

void Put16(std::string& packet, size_t at, unsigned number) {
  packet[at] = static_cast<char>(number >> 8);
  packet[at + 1] = static_cast<char>(number);
}

unsigned Get16(std::string_view packet, size_t at) {
  return static_cast<unsigned>(static_cast<uint8_t>(packet[at]) << 8 |
                               static_cast<uint8_t>(packet[at + 1]));
}

/// RFC 1071; the packet has an even length.
unsigned Checksum(std::string_view packet) {
  unsigned sum = 0;
  for (size_t i = 0; i + 1 < packet.size(); i += 2) sum += Get16(packet, i);
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  return ~sum & 0xFFFF;
}

std::string_view WithoutIpHeader(std::string_view packet) {
  if (packet.empty()) return {};
  const size_t length = static_cast<size_t>(packet[0] & 0x0F) * 4;
  return packet.size() < length ? std::string_view() : packet.substr(length);
}

std::string NonceText(uint64_t nonce) {
  std::string text(sizeof nonce, '\0');
  std::memcpy(text.data(), &nonce, sizeof nonce);
  return text;
}

uint32_t ToMicroseconds(Steady::duration time) {
  return static_cast<uint32_t>(duration_cast<microseconds>(time).count());
}

}  // namespace

std::string BuildEcho(const EchoIdentity& identity, uint16_t sequence) {
  std::string packet(kHeader, '\0');
  packet[0] = identity.family == IpFamily::kV4 ? kRequest4 : kRequest6;
  Put16(packet, 4, identity.id);
  Put16(packet, 6, sequence);
  packet += NonceText(identity.nonce);
  // The kernel sums ICMPv6, which takes the addresses too.
  if (identity.family == IpFamily::kV4) Put16(packet, 2, Checksum(packet));
  return packet;
}

std::optional<uint16_t> ParseEchoReply(const EchoIdentity& identity, std::string_view packet,
                                       bool has_ip_header) {
  if (has_ip_header) packet = WithoutIpHeader(packet);
  const char wanted = identity.family == IpFamily::kV4 ? kReply4 : kReply6;
  if (packet.size() < kHeader || packet[0] != wanted) return {};
  if (packet.substr(kHeader) != NonceText(identity.nonce)) return {};
  return static_cast<uint16_t>(Get16(packet, 6));
}

void EchoWindow::Received(uint16_t sequence, Steady when) {
  if (sequence >= sent_.size() || sent_[sequence].received) return;  // a duplicate
  sent_[sequence].received = when;
  ++received_;
}

Measured EchoWindow::Measure() const {
  Measured measured;
  Steady::duration total{0};
  Steady::duration differences{0};
  std::optional<Steady::duration> last;
  for (const Packet& packet : sent_) {
    if (!packet.received) continue;
    const Steady::duration rtt = *packet.received - packet.sent;
    if (last) differences += std::chrono::abs(rtt - *last);
    last = rtt;
    total += rtt;
  }
  if (!sent_.empty())
    measured.loss_percent =
        100.0F * static_cast<float>(sent_.size() - received_) / static_cast<float>(sent_.size());
  if (received_ > 0) measured.rtt_us = ToMicroseconds(total / received_);
  if (received_ > 1) measured.jitter_us = ToMicroseconds(differences / (received_ - 1));
  return measured;
}

}  // namespace waypost::probe
