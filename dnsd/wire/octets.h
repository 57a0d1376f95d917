// Numbers in network order, at any alignment.
#pragma once

#include <cstdint>
#include <cstring>

namespace waypost::wire {

inline uint16_t ReadU16(const uint8_t* at) noexcept {
  return static_cast<uint16_t>(at[0] << 8 | at[1]);
}

inline uint32_t ReadU32(const uint8_t* at) noexcept {
  return static_cast<uint32_t>(ReadU16(at)) << 16 | ReadU16(at + 2);
}

inline void WriteU16(uint8_t* at, uint16_t value) noexcept {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

inline void WriteU32(uint8_t* at, uint32_t value) noexcept {
  WriteU16(at, static_cast<uint16_t>(value >> 16));
  WriteU16(at + 2, static_cast<uint16_t>(value));
}

}  // namespace waypost::wire
