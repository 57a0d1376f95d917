#include "dnsd/xdp/frame.h"

#include <cstring>

#include "dnsd/wire/octets.h"

namespace waypost::xdp {
namespace {

using wire::ReadU16;
using wire::WriteU16;

constexpr size_t kMacOctets = 6;
constexpr size_t kVlanOctets = 4;
constexpr size_t kIpv4Octets = 20;
constexpr size_t kIpv6Octets = 40;
constexpr size_t kUdpOctets = 8;
constexpr size_t kMaxVlans = 2;

constexpr uint16_t kEtherVlan = 0x8100;         // IEEE 802.1Q
constexpr uint16_t kEtherServiceVlan = 0x88A8;  // IEEE 802.1ad
constexpr uint16_t kEtherIpv4 = 0x0800;
constexpr uint16_t kEtherIpv6 = 0x86DD;
constexpr uint8_t kUdp = 17;
constexpr uint8_t kHops = 64;
constexpr uint16_t kDontFragment = 0x4000;
constexpr uint16_t kFragment = 0x3FFF;  // more fragments, or an offset

/// Neither end is a group of cards: what is sent to one address does not come to all (RFC 1122
/// section 3.3.6).
bool AreSingle(std::span<const uint8_t> frame) noexcept {
  return ((frame[0] | frame[kMacOctets]) & 1) == 0;
}

/// Senders that the kernel would not believe in either: nobody's, everybody's and our own
/// addresses (RFC 1122 section 3.2.1.3, RFC 4291 section 2.7).
bool IsHonestSender(const IpAddress& from) noexcept {
  if (from.is_v4()) {
    const uint32_t net = from.v4() >> 24;
    return net != 0 && net != 127 && net < 224;
  }
  const bool is_small = from.high() == 0 && from.low() <= 1;
  return !is_small && from.high() >> 56 != 0xFF;
}

struct Network {
  IpFamily family = IpFamily::kV4;
  size_t at = 0;
};

std::optional<Network> FindNetwork(std::span<const uint8_t> frame) noexcept {
  size_t at = 2 * kMacOctets;
  for (size_t vlans = 0; vlans <= kMaxVlans; ++vlans, at += kVlanOctets) {
    if (frame.size() < at + 2) return std::nullopt;
    switch (ReadU16(&frame[at])) {
      case kEtherVlan:
      case kEtherServiceVlan:
        break;
      case kEtherIpv4:
        return Network{IpFamily::kV4, at + 2};
      case kEtherIpv6:
        return Network{IpFamily::kV6, at + 2};
      default:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

/// The UDP datagram inside of an IP packet; empty: there is none that is whole. Ethernet may have
/// put padding behind it.
std::span<const uint8_t> Inside(IpFamily family, std::span<const uint8_t> packet) noexcept {
  if (family == IpFamily::kV6) {
    if (packet.size() < kIpv6Octets || packet[0] >> 4 != 6 || packet[6] != kUdp) return {};
    const size_t octets = ReadU16(&packet[4]);
    if (packet.size() - kIpv6Octets < octets) return {};
    return packet.subspan(kIpv6Octets, octets);
  }
  if (packet.size() < kIpv4Octets || packet[0] >> 4 != 4 || packet[9] != kUdp) return {};
  const size_t header = (packet[0] & 0xF) * size_t{4};
  const size_t total = ReadU16(&packet[2]);
  const bool is_fragment = (ReadU16(&packet[6]) & kFragment) != 0;
  if (header < kIpv4Octets || total < header || packet.size() < total || is_fragment) return {};
  return packet.subspan(header, total - header);
}

/// The sum of 16-bit words (RFC 1071), not yet folded.
uint64_t Sum(std::span<const uint8_t> octets, uint64_t sum = 0) noexcept {
  size_t at = 0;
  for (; at + 4 <= octets.size(); at += 4) sum += wire::ReadU32(&octets[at]);
  if (at + 2 <= octets.size()) {
    sum += ReadU16(&octets[at]);
    at += 2;
  }
  if (at < octets.size()) sum += uint64_t{octets[at]} << 8;
  return sum;
}

uint16_t Fold(uint64_t sum) noexcept {
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

void WriteIpv4(uint8_t* header, const Datagram& asked, size_t octets) noexcept {
  std::memset(header, 0, kIpv4Octets);
  header[0] = 4 << 4 | kIpv4Octets / 4;
  WriteU16(header + 2, static_cast<uint16_t>(octets));
  // Such a datagram needs no identification (RFC 6864 section 4.1).
  WriteU16(header + 6, kDontFragment);
  header[8] = kHops;
  header[9] = kUdp;
  asked.to.address.WriteBytes(header + 12);
  asked.from.address.WriteBytes(header + 16);
  WriteU16(header + 10, Fold(Sum({header, kIpv4Octets})));
}

void WriteIpv6(uint8_t* header, const Datagram& asked, size_t octets) noexcept {
  std::memset(header, 0, kIpv6Octets);
  header[0] = 6 << 4;
  WriteU16(header + 4, static_cast<uint16_t>(octets - kIpv6Octets));
  header[6] = kUdp;
  header[7] = kHops;
  asked.to.address.WriteBytes(header + 8);
  asked.from.address.WriteBytes(header + 24);
}

/// `addresses`: both addresses as they stand in the IP header (RFC 768, RFC 8200 section 8.1).
void WriteUdp(std::span<uint8_t> udp, const Datagram& asked,
              std::span<const uint8_t> addresses) noexcept {
  const auto octets = static_cast<uint16_t>(udp.size());
  WriteU16(&udp[0], asked.to.port);
  WriteU16(&udp[2], asked.from.port);
  WriteU16(&udp[4], octets);
  WriteU16(&udp[6], 0);
  const uint16_t sum = Fold(Sum(udp, Sum(addresses, uint64_t{kUdp} + octets)));
  WriteU16(&udp[6], sum == 0 ? 0xFFFF : sum);
}

}  // namespace

std::optional<Datagram> ReadFrame(std::span<const uint8_t> frame) noexcept {
  const auto network = FindNetwork(frame);
  if (!network || !AreSingle(frame)) return std::nullopt;
  const auto packet = frame.subspan(network->at);
  const auto udp = Inside(network->family, packet);
  if (udp.size() < kUdpOctets) return std::nullopt;
  const size_t octets = ReadU16(&udp[4]);
  if (octets < kUdpOctets || octets > udp.size()) return std::nullopt;
  const uint8_t* const addresses = &packet[network->family == IpFamily::kV4 ? 12 : 8];
  const size_t address_octets = network->family == IpFamily::kV4 ? 4 : 16;
  const Datagram read{
      .from = {IpAddress::FromBytes(network->family, addresses), ReadU16(&udp[0])},
      .to = {IpAddress::FromBytes(network->family, addresses + address_octets), ReadU16(&udp[2])},
      .network_at = static_cast<uint32_t>(network->at),
      .payload_at = static_cast<uint32_t>(udp.data() + kUdpOctets - frame.data()),
      .payload_octets = static_cast<uint32_t>(octets - kUdpOctets)};
  if (!IsHonestSender(read.from.address)) return std::nullopt;
  return read;
}

size_t ReplyHeaderOctets(const Datagram& asked) noexcept {
  return asked.network_at + (asked.to.address.is_v4() ? kIpv4Octets : kIpv6Octets) + kUdpOctets;
}

size_t WriteReplyHeaders(std::span<const uint8_t> frame, const Datagram& asked,
                         std::span<uint8_t> reply, size_t payload_octets) noexcept {
  const size_t octets = ReplyHeaderOctets(asked) + payload_octets;
  std::memcpy(reply.data(), &frame[kMacOctets], kMacOctets);
  std::memcpy(&reply[kMacOctets], frame.data(), kMacOctets);
  std::memcpy(&reply[2 * kMacOctets], &frame[2 * kMacOctets], asked.network_at - 2 * kMacOctets);
  uint8_t* const network = &reply[asked.network_at];
  const size_t network_octets = octets - asked.network_at;
  if (asked.to.address.is_v4()) {
    WriteIpv4(network, asked, network_octets);
    WriteUdp({network + kIpv4Octets, network_octets - kIpv4Octets}, asked, {network + 12, 8});
  } else {
    WriteIpv6(network, asked, network_octets);
    WriteUdp({network + kIpv6Octets, network_octets - kIpv6Octets}, asked, {network + 8, 32});
  }
  return octets;
}

}  // namespace waypost::xdp
