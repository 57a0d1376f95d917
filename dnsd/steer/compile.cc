#include "dnsd/steer/compile.h"

#include <algorithm>

#include "dnsd/steer/compile_policy.h"
#include "dnsd/steer/compile_record.h"
#include "dnsd/steer/compile_topology.h"
#include "dnsd/steer/compile_vocabulary.h"

namespace waypost::steer {

Compiled Compile(const CompileInput& input) {
  Compiled compiled;
  Problems& problems = compiled.problems;
  auto steering = std::make_shared<Steering>();
  if (!CompileTopology(input, *steering, problems)) return compiled;
  CompileVocabulary(input, *steering, problems);
  const std::vector<CompiledPolicy> policies = CompilePolicies(input, *steering, problems);
  CompileRecords(input, policies, *steering, problems);
  for (const Record& record : steering->records) {
    compiled.owners.push_back({record.name, record.types, record.view});
  }
  const bool is_sound =
      std::all_of(problems.begin(), problems.end(), [](const Problem& p) { return p.is_warning; });
  if (is_sound) compiled.steering = std::move(steering);
  return compiled;
}

}  // namespace waypost::steer
