// Whose answers a change would change: both configurations decide for every client class of the
// world, and the differences are summed over the prefixes of the client map.
//
// The share of a changed class is the share of a fixed set of draws that give other addresses, so a
// weight moved from 50 to 70 shows as a fifth and not as "all" or "none".
//
// Thread safety: pure; takes seconds for a large map, so run it off the control and builder
// threads. Errors: none.
#pragma once

#include <memory>
#include <vector>

#include "dnsd/geo/client_map.h"
#include "dnsd/liveness/board.h"
#include "dnsd/steer/steering.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

/// One impact for each steered name and type whose answers differ for some client; records that
/// come or go differ for all.
std::vector<v1::Impact> FindImpacts(const steer::World& before, const steer::World& after);

}  // namespace waypost::control
