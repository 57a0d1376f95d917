// Weighted rendezvous (highest random weight) hashing: every server ranks the same names for the
// same key alike, and a name that comes, goes or changes its weight moves only its own share.
//
// Each name runs a race: its time is exponentially distributed with its weight as the rate, from a
// hash of key and name; the least time wins. So a name of weight w wins w / (sum of weights) of the
// keys (Thaler, Ravishankar 1998, doi:10.1109/90.663936, with the weights of Schindelhauer,
// Schomaker 2005, doi:10.1145/1073970.1074008). Integers only, so that every machine agrees to the
// last bit.
//
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "dnsd/base/ip.h"

namespace waypost::steer {

/// -log2 of the hash as a fraction of 2^64, in units of 2^-32: 1 to 2^38. Within 0.1 % of the exact
/// value.
uint64_t RaceTime(uint64_t hash) noexcept;

struct Racer {
  uint64_t time = 0;    // RaceTime
  uint32_t weight = 0;  // 1 to 2^26 - 1
  /// time / weight < other.time / other.weight.
  bool Beats(const Racer& other) const noexcept {
    return time * other.weight < other.time * weight;
  }
};

/// Of a name, the same on every machine.
uint64_t HashName(std::string_view name) noexcept;

/// Prefix lengths to which clients are told apart by steps that remember them: single hosts of one
/// network should not be, and RFC 7871 section 11.1 recommends these as the longest to send.
inline constexpr uint8_t kNetworkBitsV4 = 24;
inline constexpr uint8_t kNetworkBitsV6 = 56;
constexpr uint8_t NetworkBits(IpFamily family) {
  return family == IpFamily::kV4 ? kNetworkBitsV4 : kNetworkBitsV6;
}

/// Of the client's network: /24 or /56, or as much of it as `source_length` tells.
uint64_t HashNetwork(const IpAddress& address, uint8_t source_length, uint64_t seed) noexcept;

}  // namespace waypost::steer
