#include "dnsd/steer/rendezvous.h"

#include <algorithm>
#include <array>
#include <bit>

#include "dnsd/base/random.h"

namespace waypost::steer {

namespace {

// 512 intervals: the straight line between two entries is off by at most 0.1 % of the result (near
// a hash of all ones, where the result goes to 0), and the table fills 4 KiB of the first cache.
constexpr int kTableBits = 9;
constexpr size_t kTableSize = (size_t{1} << kTableBits) + 1;

// log2(1 + i / 512) in units of 2^-32, bit by bit: squaring x doubles its logarithm.
constexpr uint64_t Log2Of(size_t i) {
  uint64_t x = (uint64_t{1} << 31) + (static_cast<uint64_t>(i) << (31 - kTableBits));  // 1.31
  uint64_t log = 0;
  for (int bit = 31; bit >= 0; --bit) {
    x = (x * x) >> 31;
    if (x < uint64_t{1} << 32) continue;
    x >>= 1;
    log |= uint64_t{1} << bit;
  }
  return log;
}

constexpr std::array<uint64_t, kTableSize> MakeTable() {
  std::array<uint64_t, kTableSize> table{};
  for (size_t i = 0; i + 1 < kTableSize; ++i) table[i] = Log2Of(i);
  table[kTableSize - 1] = uint64_t{1} << 32;
  return table;
}

constexpr std::array<uint64_t, kTableSize> kLog2 = MakeTable();

}  // namespace

uint64_t RaceTime(uint64_t hash) noexcept {
  const auto zeros = static_cast<unsigned>(std::countl_zero(hash | 1));
  const uint64_t mantissa = (hash | 1) << zeros << 1;  // the bits after the leading one
  const uint64_t i = mantissa >> (64 - kTableBits);
  const uint64_t rest = (mantissa << kTableBits) >> 32;
  const uint64_t log = kLog2[i] + (((kLog2[i + 1] - kLog2[i]) * rest) >> 32);
  return std::max<uint64_t>((uint64_t{zeros + 1} << 32) - log, 1);
}

uint64_t HashName(std::string_view name) noexcept {
  uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a, whose weak upper bits Mix64 makes good
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3ULL;
  return Mix64(hash);
}

uint64_t HashNetwork(const IpAddress& address, uint8_t source_length, uint64_t seed) noexcept {
  const IpAddress network = address.Masked(std::min(source_length, NetworkBits(address.family())));
  return Mix64(network.high() ^ Mix64(network.low() + seed + (network.is_v4() ? 4 : 6)));
}

}  // namespace waypost::steer
