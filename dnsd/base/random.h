// Small, fast, seedable random numbers and the integer mixer that hashing steps share. Not for
// secrets.
#pragma once

#include <cstdint>

namespace waypost {

/// A bijective mixer whose every output bit depends on every input bit (the finalizer of
/// SplitMix64, Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
constexpr uint64_t Mix64(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// SplitMix64: one addition and one Mix64 a number.
class Random {
 public:
  constexpr explicit Random(uint64_t seed) : state_(seed) {}
  constexpr uint64_t Next() { return Mix64(state_ += 0x9E3779B97F4A7C15ULL); }
  /// 0 <= result < bound, for bound > 0; the bias is below bound / 2^64.
  constexpr uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<Wide>(Next()) * bound) >> 64);
  }

 private:
  __extension__ using Wide = unsigned __int128;
  uint64_t state_;
};

}  // namespace waypost
