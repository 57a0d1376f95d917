// The names that the answers of services give (service_rdata.h), as records that answer addresses.
//
// Thread safety: pure. Errors: a target whose name is declared, or is another target's already, or
// is too long, is reported and left out.
#pragma once

#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/steer/compile_policy.h"
#include "dnsd/steer/steering.h"

namespace waypost::steer {

/// Of all records in `steering`: for each pool of addresses its own target, and the wildcard for
/// those of its endpoints.
std::vector<Record> CompileTargets(const Steering& steering,
                                   const std::vector<CompiledPolicy>& policies, Problems& problems);

}  // namespace waypost::steer
