#include "dnsd/wire/edns.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "dnsd/wire/octets.h"

namespace waypost::wire {
namespace {

/// RFC 7873 section 5.2.2: any other length is FORMERR.
bool TakeCookie(std::span<const uint8_t> data, Edns& edns) noexcept {
  const bool has_server = data.size() >= kClientCookieOctets + kMinServerCookieOctets &&
                          data.size() <= kClientCookieOctets + kMaxServerCookieOctets;
  if (data.size() != kClientCookieOctets && !has_server) return false;
  if (edns.cookie.empty()) edns.cookie = data;
  return true;
}

bool ParseOption(uint16_t code, std::span<const uint8_t> data, Edns& edns) noexcept {
  switch (code) {
    case kOptionNsid:
      edns.wants_nsid = true;
      return true;
    case kOptionClientSubnet:
      // Two subnets contradict each other; neither is to be believed.
      return !edns.subnet.present && ParseClientSubnet(data, edns.subnet);
    case kOptionCookie:
      return TakeCookie(data, edns);
    case kOptionKeepalive:
      edns.has_keepalive = true;
      return true;
    case kOptionPadding:
      edns.has_padding = true;
      return true;
    default:
      return true;
  }
}

bool ParseOptions(std::span<const uint8_t> rdata, Edns& edns) noexcept {
  while (!rdata.empty()) {
    if (rdata.size() < kOptionHeaderOctets) return false;
    const uint16_t code = ReadU16(rdata.data());
    const size_t length = ReadU16(rdata.data() + 2);
    rdata = rdata.subspan(kOptionHeaderOctets);
    if (rdata.size() < length || !ParseOption(code, rdata.first(length), edns)) return false;
    rdata = rdata.subspan(length);
  }
  return true;
}

/// The first octets, of 8 at most, in the upper part of a number.
uint64_t PaddedNumber(std::span<const uint8_t> octets) noexcept {
  uint64_t number = 0;
  for (size_t i = 0; i < octets.size(); ++i) number |= uint64_t{octets[i]} << (56 - 8 * i);
  return number;
}

IpAddress PaddedAddress(IpFamily family, std::span<const uint8_t> octets) noexcept {
  const size_t upper = std::min<size_t>(octets.size(), 8);
  const uint64_t high = PaddedNumber(octets.first(upper));
  if (family == IpFamily::kV4) return IpAddress::FromV4(static_cast<uint32_t>(high >> 32));
  return IpAddress::FromV6(high, PaddedNumber(octets.subspan(upper)));
}

}  // namespace

Rcode ParseOpt(uint16_t record_class, uint32_t ttl, std::span<const uint8_t> rdata,
               Edns& edns) noexcept {
  edns.present = true;
  edns.payload = std::max(record_class, static_cast<uint16_t>(kMinUdpPayload));
  edns.version = static_cast<uint8_t>(ttl >> 16);
  edns.dnssec_ok = (ttl & kDnssecOk) != 0;
  if (edns.version > 0) return Rcode::kBadVers;
  if (ParseOptions(rdata, edns)) return Rcode::kNoError;
  edns.subnet.present = false;
  edns.cookie = {};
  return Rcode::kFormErr;
}

bool ParseClientSubnet(std::span<const uint8_t> data, ClientSubnet& subnet) noexcept {
  if (data.size() < kSubnetFixedOctets) return false;
  subnet.family = ReadU16(data.data());
  subnet.source_length = data[2];
  const uint8_t scope = data[3];
  const auto octets = data.subspan(kSubnetFixedOctets);
  if (scope != 0 || octets.size() != subnet.address_octets()) return false;

  const bool is_v6 = subnet.family == 2;
  const bool has_family = is_v6 || subnet.family == 1;
  if (!has_family && (subnet.family != 0 || subnet.source_length != 0)) return false;
  if (subnet.source_length > (is_v6 ? 128 : 32)) return false;

  subnet.address = PaddedAddress(is_v6 ? IpFamily::kV6 : IpFamily::kV4, octets);
  subnet.present = subnet.address == subnet.address.Masked(subnet.source_length);
  return subnet.present;
}

size_t WriteClientSubnet(const ClientSubnet& subnet, uint8_t scope, uint8_t* out) noexcept {
  const size_t octets = subnet.address_octets();
  WriteU16(out, kOptionClientSubnet);
  WriteU16(out + 2, static_cast<uint16_t>(kSubnetFixedOctets + octets));
  WriteU16(out + 4, subnet.family);
  out[6] = subnet.source_length;
  out[7] = scope;
  std::array<uint8_t, 16> address;
  subnet.address.WriteBytes(address.data());
  std::memcpy(out + 8, address.data(), octets);
  return kOptionHeaderOctets + kSubnetFixedOctets + octets;
}

}  // namespace waypost::wire
