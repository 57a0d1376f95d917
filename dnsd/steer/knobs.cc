#include "dnsd/steer/knobs.h"

#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

liveness::StandingSet UsableStandings(const v1::Policy& policy) {
  using liveness::Standing;
  liveness::StandingSet usable = Bit(Standing::kUnmonitored) | Bit(Standing::kUp) |
                                 Bit(Standing::kForcedUp) | Bit(Standing::kStaleUp) |
                                 Bit(Standing::kHeld) | Bit(Standing::kPanic);
  if (policy.on_no_data_yet() != v1::ON_NO_DATA_YET_HOLD) {
    usable |= Bit(Standing::kNoData) | Bit(Standing::kLastUp);
  }
  if (policy.on_no_data_yet() == v1::ON_NO_DATA_YET_SERVE) usable |= Bit(Standing::kLastDown);
  if (policy.on_stale() == v1::ON_STALE_WIDEN) usable |= Bit(Standing::kStaleDown);
  return usable;
}

}  // namespace waypost::steer
