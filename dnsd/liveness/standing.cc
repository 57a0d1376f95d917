#include "dnsd/liveness/standing.h"

namespace waypost::liveness {

Standing CombinedStanding(const EndpointSpec& spec, Standing verdict) {
  if (spec.drained) return Standing::kDrained;
  if (spec.forced == Forced::kUp) return Standing::kForcedUp;
  if (spec.forced == Forced::kDown) return Standing::kForcedDown;
  if (!spec.monitored) return Standing::kUnmonitored;
  return verdict;
}

bool FollowsEvidence(Standing standing) {
  constexpr StandingSet kFixed = Bit(Standing::kUnmonitored) | Bit(Standing::kForcedUp) |
                                 Bit(Standing::kForcedDown) | Bit(Standing::kDrained);
  return (Bit(standing) & kFixed) == 0;
}

bool IsDown(PoolWord pool) {
  constexpr StandingSet kDown = Bit(Standing::kDown) | Bit(Standing::kStaleDown) |
                                Bit(Standing::kLastDown) | Bit(Standing::kForcedDown) |
                                Bit(Standing::kDrained);
  const StandingSet standings = pool.v4 | pool.v6;
  return standings != 0 && (standings & ~kDown) == 0;
}

EndpointWord WordFor(const EndpointSpec& spec, const EndpointVerdict& verdict, const Tally& tally) {
  EndpointWord word;
  word.standing = CombinedStanding(spec, verdict.standing());
  word.weight = spec.weight;
  if (FollowsEvidence(word.standing)) word.ttl_cap_s = verdict.ttl_cap_s(spec.rule, tally);
  return word;
}

}  // namespace waypost::liveness
