// A set of pools, a bit each.
//
// Thread safety: a value.
#pragma once

#include <cstdint>
#include <vector>

#include "dnsd/steer/topology.h"

namespace waypost::steer {

class PoolSet {
 public:
  explicit PoolSet(size_t pools = 0) : words_((pools + 63) / 64) {}

  /// Precondition for both: below the number given.
  void Add(PoolIndex pool) { words_[pool / 64] |= uint64_t{1} << (pool % 64); }
  bool Contains(PoolIndex pool) const noexcept {
    return ((words_[pool / 64] >> (pool % 64)) & 1) != 0;
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace waypost::steer
