// Policies to lists of steps and knobs; nested policies are inlined.
//
// Thread safety: pure. Errors: reported once, at the policy where they stand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/steer/compile.h"
#include "dnsd/steer/knobs.h"
#include "dnsd/steer/step.h"
#include "dnsd/steer/step_parser.h"

namespace waypost::steer {

/// Steps of a policy with all nested ones inlined, at most; far beyond what can be understood, and
/// cheap enough to run.
inline constexpr size_t kMaxSteps = 64;

struct CompiledPolicy {
  std::string name;
  std::vector<std::shared_ptr<const Step>> steps;
  Knobs knobs;
};

/// In the order of the input. Fills `steering.holds`, after topology and vocabulary.
std::vector<CompiledPolicy> CompilePolicies(const CompileInput& input, Steering& steering,
                                            Problems& problems);

}  // namespace waypost::steer
