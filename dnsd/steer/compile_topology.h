// Regions, pools and endpoints to Topology.
//
// Thread safety: pure. Errors: reported; every pool of the input gets its index, so that what
// refers to it can be checked as well.
#pragma once

#include "dnsd/base/problem.h"
#include "dnsd/steer/compile.h"

namespace waypost::steer {

/// Endpoints of one pool, at most: their counts are kept in 16 bits.
inline constexpr size_t kMaxEndpointsInPool = 65535;

/// Fills `steering.topology` and the layout's pools and endpoints. False: more pools or regions
/// than indices can name; nothing else can be compiled then.
bool CompileTopology(const CompileInput& input, Steering& steering, Problems& problems);

}  // namespace waypost::steer
