// From a verdict to an endpoint's word on the board: the combine rule of board.h.
//
// Thread safety: pure functions. Errors: none.
#pragma once

#include "dnsd/liveness/ballot.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/endpoint_verdict.h"
#include "dnsd/liveness/layout.h"

namespace waypost::liveness {

/// Drained, then forced, then unmonitored, then the verdict.
Standing CombinedStanding(const EndpointSpec& spec, Standing verdict);

/// Unless a policy says otherwise.
bool CountsAsUp(Standing standing);

/// Whether the standing is a verdict's, so evidence can change it.
bool FollowsEvidence(Standing standing);

EndpointWord WordFor(const EndpointSpec& spec, const EndpointVerdict& verdict, const Temper& temper,
                     const Tally& tally);

/// A weight during a slow start; at least 1 of what is not 0.
uint16_t Ramped(uint16_t weight, uint8_t ramp);

/// A pool is down, for failback holds, when all of its endpoints are: by verdict, by force, by
/// drain, or because they are too few. Without any endpoint it is not.
bool IsDown(PoolWord pool);

}  // namespace waypost::liveness
