// Records: owner, types, candidates by family, chain, TTL bounds.
//
// Thread safety: pure. Errors: reported; what has any is left out.
#pragma once

#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/steer/compile.h"
#include "dnsd/steer/compile_policy.h"

namespace waypost::steer {

/// Fills `steering.records` and the layout's number of them, after everything else.
void CompileRecords(const CompileInput& input, const std::vector<CompiledPolicy>& policies,
                    Steering& steering, Problems& problems);

}  // namespace waypost::steer
