// What a policy counts as usable, and what it does when nothing is.
//
// on_no_data_yet and on_stale become one set of standings, so that "can this pool be used" is one
// AND with the pool's word:
//   always     unmonitored, up, forced up, in panic
//   no data    unless `hold`
//   last up    unless `hold`        last down   only with `serve`
//   stale up   always               stale down  only with `widen`
// With on_stale `static`, as soon as one candidate has a stale endpoint health is ignored:
// everything but drained and forced down is usable.
//
// Thread safety: a value.
#pragma once

#include <compare>
#include <cstdint>

#include "dnsd/liveness/board.h"
#include "dnsd/steer/topology.h"

namespace waypost::v1 {
class Policy;
}

namespace waypost::steer {

inline constexpr PoolIndex kNoPool = 0xFFFF;

inline constexpr liveness::StandingSet kAnyStanding = (1U << liveness::kStandings) - 1;
/// What operators took out by hand is not forced to serve by a lack of health.
inline constexpr liveness::StandingSet kNotTakenOut =
    kAnyStanding & static_cast<liveness::StandingSet>(
                       ~(Bit(liveness::Standing::kDrained) | Bit(liveness::Standing::kForcedDown)));
inline constexpr liveness::StandingSet kStale =
    Bit(liveness::Standing::kStaleUp) | Bit(liveness::Standing::kStaleDown);

enum class AllDown : uint8_t { kAll, kNone, kLastResort };

struct Knobs {
  liveness::StandingSet usable = 0;
  bool static_when_stale = false;
  AllDown on_all_down = AllDown::kAll;
  PoolIndex last_resort = kNoPool;
  uint8_t max_answers = 8;
  bool ecs = true;

  auto operator<=>(const Knobs&) const = default;
};

/// The standings that count as usable by the policy's knobs; unknown values count as the defaults.
liveness::StandingSet UsableStandings(const v1::Policy& policy);

}  // namespace waypost::steer
