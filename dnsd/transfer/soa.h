// The numbers in a SOA record (RFC 1035 section 3.3.13), and their arithmetic.
//
// Thread safety: pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "dnsd/wire/octets.h"

namespace waypost::transfer {

/// Serial, refresh, retry, expire and minimum, at the end of the RDATA.
inline constexpr size_t kSoaNumberOctets = 20;

struct SoaNumbers {
  uint32_t serial = 0;
  std::chrono::seconds refresh{0};
  std::chrono::seconds retry{0};
  std::chrono::seconds expire{0};

  bool operator==(const SoaNumbers&) const = default;
};

/// Precondition: the RDATA of a SOA that was read without error.
inline SoaNumbers ReadSoa(std::string_view rdata) {
  const auto* at = reinterpret_cast<const uint8_t*>(rdata.data()) + rdata.size() - kSoaNumberOctets;
  const auto seconds = [at](size_t field) {
    return std::chrono::seconds(wire::ReadU32(at + 4 * field));
  };
  return {wire::ReadU32(at), seconds(1), seconds(2), seconds(3)};
}

/// RFC 1982 section 3.2.
constexpr bool IsNewer(uint32_t serial, uint32_t than) {
  return static_cast<int32_t>(serial - than) > 0;
}

}  // namespace waypost::transfer
