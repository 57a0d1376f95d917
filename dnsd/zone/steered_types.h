// The types that a policy can answer, as a set of them.
//
// Thread safety: a value.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "dnsd/zone/type.h"

namespace waypost::zone {

class SteeredTypes {
 public:
  /// By ascending number.
  static constexpr std::array<uint16_t, 6> kAll = {kA, kCname, kAaaa, kSrv, kSvcb, kHttps};

  constexpr SteeredTypes() = default;
  constexpr SteeredTypes(std::initializer_list<uint16_t> types) {
    for (const uint16_t type : types) Add(type);
  }

  /// Any other type than those above is left out.
  constexpr void Add(uint16_t type) { bits_ = static_cast<uint8_t>(bits_ | Bit(type)); }
  constexpr void Add(SteeredTypes types) { bits_ = static_cast<uint8_t>(bits_ | types.bits_); }
  constexpr void Remove(uint16_t type) { bits_ = static_cast<uint8_t>(bits_ & ~Bit(type)); }
  constexpr bool Has(uint16_t type) const { return (bits_ & Bit(type)) != 0; }
  constexpr bool HasAnyOf(SteeredTypes types) const { return (bits_ & types.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

  constexpr bool operator==(const SteeredTypes&) const = default;

 private:
  static constexpr uint8_t Bit(uint16_t type) {
    switch (type) {
      case kA:
        return 1;
      case kAaaa:
        return 2;
      case kCname:
        return 4;
      case kSrv:
        return 8;
      case kSvcb:
        return 16;
      case kHttps:
        return 32;
      default:
        return 0;
    }
  }

  uint8_t bits_ = 0;
};

/// Where clients find a service: SRV (RFC 2782), SVCB and HTTPS (RFC 9460).
inline constexpr SteeredTypes kServiceTypes = {kSrv, kSvcb, kHttps};
inline constexpr SteeredTypes kAddressTypes = {kA, kAaaa};

}  // namespace waypost::zone
