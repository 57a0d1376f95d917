// The rendezvous race among candidate pools, which `hash` and the sticky `weighted` and
// `least_loaded` share.
//
// Thread safety: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/rendezvous.h"

namespace waypost::steer {

class PoolRace {
 public:
  PoolRace() = default;
  /// Pools run under their names, so that order and index do not matter.
  explicit PoolRace(const Topology& topology);

  /// Place in `candidates` of the winner for this key. Pools of weight 0 run only where all are.
  /// Precondition: not empty.
  size_t WinnerOf(std::span<const Candidate> candidates, uint64_t key) const noexcept;
  /// The same with lots instead of weights, each below 2^26 and not all of them 0.
  size_t WinnerOf(std::span<const Candidate> candidates, std::span<const uint32_t> lots,
                  uint64_t key) const noexcept;

 private:
  template <typename Weight>
  size_t Race(std::span<const Candidate> candidates, Weight weight, uint64_t key) const noexcept;

  std::vector<uint64_t> names_;  // HashName, by pool
};

/// Sum of the weights; 0 where only pools of weight 0 are left, which then count as equal.
uint64_t TotalWeight(std::span<const Candidate> candidates) noexcept;

}  // namespace waypost::steer
