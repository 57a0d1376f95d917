// Names in wire format, eight octets a step: byte by byte, lowering and comparing them were a
// quarter of a static answer.
//
// Thread safety: pure, noexcept. No octet outside of what is given is read or written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dnsd/wire/name.h"

namespace waypost::wire {

inline uint64_t ReadWord(const uint8_t* at) noexcept {
  uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

/// Lower, on each octet of a word: those from 'A' to 'Z' have their sixth bit set.
constexpr uint64_t LowerWord(uint64_t word) noexcept {
  constexpr uint64_t kOnes = 0x0101010101010101ULL;
  constexpr uint64_t kHigh = 0x80 * kOnes;
  const uint64_t low_bits = word & ~kHigh;
  const uint64_t from_a = low_bits + (0x80 - 'A') * kOnes;    // high bit: at least 'A'
  const uint64_t beyond_z = low_bits + (0x7F - 'Z') * kOnes;  // high bit: above 'Z'
  const uint64_t is_upper = (from_a ^ beyond_z) & ~word & kHigh;
  return word | is_upper >> 2;
}

/// `to` may be `from`, but must not overlap it otherwise.
inline void LowerOctets(const uint8_t* from, size_t size, uint8_t* to) noexcept {
  const auto lower_word = [from, to](size_t at) {
    const uint64_t word = LowerWord(ReadWord(from + at));
    std::memcpy(to + at, &word, sizeof(word));
  };
  if (size < 8) {
    for (size_t i = 0; i < size; ++i) to[i] = Lower(from[i]);
    return;
  }
  // The last word first, which may cover some of the others: it does no harm to lower twice.
  lower_word(size - 8);
  for (size_t at = 0; at + 8 < size; at += 8) lower_word(at);
}

inline bool SameOctets(const uint8_t* a, const uint8_t* b, size_t size) noexcept {
  if (size < 8) {
    for (size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  uint64_t differing = ReadWord(a + size - 8) ^ ReadWord(b + size - 8);
  for (size_t at = 0; at + 8 < size; at += 8) differing |= ReadWord(a + at) ^ ReadWord(b + at);
  return differing == 0;
}

/// `stored` may have any case, `lowered` has none.
inline bool SameLowered(const uint8_t* stored, const uint8_t* lowered, size_t size) noexcept {
  if (size < 8) {
    for (size_t i = 0; i < size; ++i) {
      if (Lower(stored[i]) != lowered[i]) return false;
    }
    return true;
  }
  if (SameOctets(stored, lowered, size)) return true;  // as most are stored
  uint64_t differing = LowerWord(ReadWord(stored + size - 8)) ^ ReadWord(lowered + size - 8);
  for (size_t at = 0; at + 8 < size; at += 8) {
    differing |= LowerWord(ReadWord(stored + at)) ^ ReadWord(lowered + at);
  }
  return differing == 0;
}

}  // namespace waypost::wire
