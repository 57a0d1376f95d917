#include "dnsd/serve/proxy_header.h"

#include <algorithm>
#include <array>

#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

using State = ProxyHeader::State;

constexpr std::array<uint8_t, 12> kSignature = {'\r', '\n', '\r', '\n', 0,   '\r',
                                                '\n', 'Q',  'U',  'I',  'T', '\n'};
constexpr size_t kCommandAt = 12;
constexpr size_t kFamilyAt = 13;
constexpr size_t kLengthAt = 14;
constexpr uint8_t kLocal = 0x20;  // version 2, LOCAL
constexpr uint8_t kProxy = 0x21;  // version 2, PROXY

/// ::ffff:0:0/96, RFC 4291 section 2.5.5.2.
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool MayBegin(std::span<const uint8_t> octets) noexcept {
  const size_t known = std::min(octets.size(), kSignature.size());
  return std::equal(kSignature.begin(), kSignature.begin() + static_cast<ptrdiff_t>(known),
                    octets.begin());
}

/// A front with one socket for both families names IPv4 clients by mapped addresses; lists, views
/// and limits know them by their own.
IpAddress ReadAddress(IpFamily family, const uint8_t* octets) noexcept {
  if (family == IpFamily::kV6 && std::equal(kMapped.begin(), kMapped.end(), octets)) {
    return IpAddress::FromBytes(IpFamily::kV4, octets + kMapped.size());
  }
  return IpAddress::FromBytes(family, octets);
}

/// Source and destination address, source and destination port. Other families tell no client.
bool ReadClient(uint8_t family, std::span<const uint8_t> data, ProxyHeader& header) noexcept {
  const uint8_t kind = family >> 4;
  if (kind != 1 && kind != 2) return true;
  const size_t address = kind == 1 ? 4 : 16;
  if (data.size() < 2 * address + 4) return false;
  const IpFamily of = kind == 1 ? IpFamily::kV4 : IpFamily::kV6;
  const uint8_t* const ports = data.data() + 2 * address;
  header.client = {ReadAddress(of, data.data()), wire::ReadU16(ports)};
  header.asked = {ReadAddress(of, data.data() + address), wire::ReadU16(ports + 2)};
  header.has_client = true;
  return true;
}

}  // namespace

ProxyHeader ParseProxyHeader(std::span<const uint8_t> octets) noexcept {
  if (!MayBegin(octets)) return {};
  if (octets.size() < kProxyFixedOctets) return {State::kIncomplete, kProxyFixedOctets};
  const uint8_t command = octets[kCommandAt];
  const size_t whole = kProxyFixedOctets + wire::ReadU16(octets.data() + kLengthAt);
  if ((command != kLocal && command != kProxy) || whole > kMaxProxyOctets) return {};
  if (octets.size() < whole) return {State::kIncomplete, whole};
  ProxyHeader header{State::kWhole, whole};
  const auto data = octets.subspan(kProxyFixedOctets, whole - kProxyFixedOctets);
  if (command == kProxy && !ReadClient(octets[kFamilyAt], data, header)) return {};
  return header;
}

}  // namespace waypost::serve
