// When a pool as a whole is no longer what its endpoints say. Pure.
//
// An endpoint is usable here while it is unmonitored, up, forced up, stale up, without data yet, or
// was up before the restart. The rules, in this order:
//   min_up       fewer usable than that: the usable ones stand as kShort, and none is used unless
//   all
//                is down; those forced up stay so
//   panic        at least one is usable, but a smaller share than that: those that are down by
//                evidence stand as kPanic, and all are used
// Both by number, or by declared weight. Drained and forced down endpoints are no part of the pool.
//
// Thread safety: functions of their arguments. Errors: none.
#pragma once

#include <cstdint>
#include <span>

#include "dnsd/liveness/board.h"

namespace waypost::liveness {

/// Down, by what is known or was known last.
inline constexpr StandingSet kDownByEvidence =
    Bit(Standing::kDown) | Bit(Standing::kStaleDown) | Bit(Standing::kLastDown);

struct PoolHealth {
  uint32_t min_up = 0;
  uint32_t panic_below_percent = 0;  // zero: never
  bool by_weight = false;
};

/// Changes the standings of a pool's endpoints, `words`, as its rule wants it. `weights`: as
/// declared.
void ApplyPoolHealth(const PoolHealth& rule, std::span<const uint16_t> weights,
                     std::span<EndpointWord> words);
/// None of the pool's is used, whatever they say.
void TakeOut(std::span<EndpointWord> words);

}  // namespace waypost::liveness
