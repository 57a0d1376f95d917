// The state of the whole as one reply: regions, pools, endpoints, vantages, zones, geo, and what is
// worth a human's look.
//
// Thread safety: on the control thread, for it reads the verdicts. Errors: none.
#pragma once

#include <string_view>

#include "dnsd/control/evidence_desk.h"
#include "dnsd/control/publisher.h"
#include "dnsd/geo/atlas.h"
#include "dnsd/liveness/verdicts.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

/// up, down, stale-up, ...: as in EndpointStatus.standing.
std::string_view StandingName(liveness::Standing standing);

v1::EndpointStatus StatusOf(const steer::Endpoint& endpoint, steer::EndpointIndex index,
                            const Serving& serving, const liveness::Verdicts& verdicts, Steady now);

void TellStatus(const Serving& serving, const liveness::Verdicts& verdicts,
                const EvidenceDesk& desk, const geo::Atlas& atlas, Steady now,
                v1::StatusReply& reply);

/// Votes about one endpoint.
void TellEvidence(const steer::Endpoint& endpoint, steer::EndpointIndex index,
                  const Serving& serving, const liveness::Verdicts& verdicts,
                  const EvidenceDesk& desk, Steady now, v1::EndpointEvidence& evidence);

}  // namespace waypost::control
