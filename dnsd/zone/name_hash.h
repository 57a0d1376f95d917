// The hash of a lowered name in wire format, for the tables that are asked by names.
//
// Eight octets a step, each folded by a 64 x 64 -> 128 bit multiplication (the construction of
// wyhash): a name of 20 octets costs four multiplications, some two nanoseconds. XXH3 was measured
// beside it: as fast up to 20 octets, where nearly all names are, faster beyond, and one more
// library.
//
// Names in a zone come from its operator, so nobody who only asks can choose what collides; the
// seed keeps answers to "which names probe long" from being worth computing.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace waypost::zone {

namespace internal {

inline uint64_t Fold(uint64_t a, uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t Load8(const uint8_t* from) noexcept {
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

inline uint64_t LoadShort(const uint8_t* from, size_t size) noexcept {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) word = word << 8 | from[i];
  return word;
}

}  // namespace internal

inline uint64_t HashName(std::span<const uint8_t> name, uint64_t seed) noexcept {
  // Odd numbers with as many ones as zeros: the first two of wyhash's secret.
  constexpr uint64_t kStep = 0xA0761D6478BD642FULL;
  constexpr uint64_t kLast = 0xE7037ED1A0B428DBULL;
  const uint8_t* const data = name.data();
  const size_t size = name.size();
  uint64_t hash = seed ^ (size * kLast);
  for (size_t at = 0; at + 8 < size; at += 8) {
    hash = internal::Fold(hash ^ internal::Load8(data + at), kStep);
  }
  // The last step reads back over what was read before rather than past the end.
  const uint64_t tail =
      size >= 8 ? internal::Load8(data + size - 8) : internal::LoadShort(data, size);
  hash = internal::Fold(hash ^ tail, kStep);
  return internal::Fold(hash ^ seed, kLast);
}

}  // namespace waypost::zone
