// The pools that each rule of a `geo` or `cidr` step keeps.
//
// Thread safety: immutable.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "dnsd/steer/pool_set.h"

namespace waypost::steer {

/// Rules are numbered in their order; kNoRule is behind all.
using RuleNumber = uint16_t;
inline constexpr RuleNumber kNoRule = 0xFFFF;
inline constexpr size_t kMaxRules = 1024;

/// True if some rule keeps some of the candidates and drops others.
inline bool AnyRuleSplits(const std::vector<PoolSet>& rules,
                          std::span<const PoolIndex> candidates) {
  return std::any_of(rules.begin(), rules.end(), [&](const PoolSet& kept) {
    const auto in = [&](PoolIndex pool) { return kept.Contains(pool); };
    return std::any_of(candidates.begin(), candidates.end(), in) &&
           !std::all_of(candidates.begin(), candidates.end(), in);
  });
}

}  // namespace waypost::steer
