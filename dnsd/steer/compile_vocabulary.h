// Regions, networks and the places that steps name to the Vocabulary that the client map is
// compiled for.
//
// Thread safety: pure. Errors: reported.
#pragma once

#include "dnsd/base/problem.h"
#include "dnsd/steer/compile.h"

namespace waypost::steer {

/// Fills `steering.vocabulary`, after the topology. The same words give the same vocabulary,
/// wherever in the policies they stand: then the client map stays as it is.
void CompileVocabulary(const CompileInput& input, Steering& steering, Problems& problems);

}  // namespace waypost::steer
