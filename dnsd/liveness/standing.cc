#include "dnsd/liveness/standing.h"

#include <algorithm>

namespace waypost::liveness {

Standing CombinedStanding(const EndpointSpec& spec, Standing verdict) {
  if (spec.drained) return Standing::kDrained;
  if (spec.forced == Forced::kUp) return Standing::kForcedUp;
  if (spec.forced == Forced::kDown) return Standing::kForcedDown;
  if (!spec.monitored) return Standing::kUnmonitored;
  return verdict;
}

bool CountsAsUp(Standing standing) {
  constexpr StandingSet kUp = Bit(Standing::kUnmonitored) | Bit(Standing::kUp) |
                              Bit(Standing::kForcedUp) | Bit(Standing::kStaleUp) |
                              Bit(Standing::kLastUp) | Bit(Standing::kNoData) |
                              Bit(Standing::kPanic);
  return (Bit(standing) & kUp) != 0;
}

bool FollowsEvidence(Standing standing) {
  constexpr StandingSet kFixed = Bit(Standing::kUnmonitored) | Bit(Standing::kForcedUp) |
                                 Bit(Standing::kForcedDown) | Bit(Standing::kDrained);
  return (Bit(standing) & kFixed) == 0;
}

bool IsDown(PoolWord pool) {
  constexpr StandingSet kDown = Bit(Standing::kDown) | Bit(Standing::kStaleDown) |
                                Bit(Standing::kLastDown) | Bit(Standing::kForcedDown) |
                                Bit(Standing::kDrained) | Bit(Standing::kShort);
  const StandingSet standings = pool.v4 | pool.v6;
  return standings != 0 && (standings & ~kDown) == 0;
}

uint16_t Ramped(uint16_t weight, uint8_t ramp) {
  if (ramp == Temper::kWhole || weight == 0) return weight;
  return static_cast<uint16_t>(std::max(1, weight * ramp / Temper::kWhole));
}

EndpointWord WordFor(const EndpointSpec& spec, const EndpointVerdict& verdict, const Temper& temper,
                     const Tally& tally) {
  EndpointWord word;
  word.standing = CombinedStanding(spec, temper.damped() ? Standing::kDown : verdict.standing());
  if (FollowsEvidence(word.standing)) word.ramp = temper.ramp();
  word.weight = Ramped(spec.weight, word.ramp);
  if (FollowsEvidence(word.standing)) word.ttl_cap_s = verdict.ttl_cap_s(spec.rule, tally);
  return word;
}

}  // namespace waypost::liveness
