#include "dnsd/geo/normalise.h"

namespace waypost::geo {
namespace {

constexpr uint64_t kMappedLowHigh = 0xFFFF;          // ::ffff:0:0/96, RFC 4291 section 2.5.5.2
constexpr uint64_t kNat64High = 0x0064FF9B00000000;  // 64:ff9b::/96, RFC 6052 section 2.1
constexpr uint64_t kSixToFour = 0x2002;              // 2002::/16, RFC 3056 section 2
constexpr uint64_t kTeredo = 0x20010000;             // 2001::/32, RFC 4380 section 2.6

bool IsMapped(const IpAddress& a) { return a.high() == 0 && a.low() >> 32 == kMappedLowHigh; }
bool IsNat64(const IpAddress& a) { return a.high() == kNat64High && a.low() >> 32 == 0; }
bool IsSixToFour(const IpAddress& a) { return a.high() >> 48 == kSixToFour; }
bool IsTeredo(const IpAddress& a) { return a.high() >> 32 == kTeredo; }

Normalised Embedded(uint64_t v4, uint8_t extra_bits) {
  return {IpAddress::FromV4(static_cast<uint32_t>(v4)), extra_bits};
}

}  // namespace

Normalised Normalise(const IpAddress& address) noexcept {
  if (address.is_v4()) return {address, 0};
  if (IsMapped(address) || IsNat64(address)) return Embedded(address.low(), 96);
  if (IsSixToFour(address)) return Embedded(address.high() >> 16, 16);
  // RFC 4380 section 4: the client's address with every bit inverted.
  if (IsTeredo(address)) return Embedded(~address.low(), 96);
  return {address, 0};
}

bool IsEmbeddingPrefix(const IpAddress& address, uint8_t length) noexcept {
  switch (length) {
    case 16:
      return IsSixToFour(address);
    case 32:
      return IsTeredo(address);
    case 96:
      return IsMapped(address) || IsNat64(address);
    default:
      return false;
  }
}

bool IsIpv4TreePrefix(const IpAddress& address, uint8_t length) noexcept {
  return length == 96 && address.high() == 0 && address.low() == 0;
}

IpPrefix NormalisePrefix(const IpPrefix& prefix) noexcept {
  const Normalised inner = Normalise(prefix.address);
  if (inner.extra_bits == 0 || prefix.length < inner.extra_bits) return prefix;
  const auto length = static_cast<uint8_t>(prefix.length - inner.extra_bits);
  return {inner.address.Masked(length), length};
}

}  // namespace waypost::geo
