// From resources to Steering: names become indices, steps become chains, every wrong thing is
// reported.
//
// Thread safety: pure. Errors: all problems at once; with any that is not a warning there is no
// steering.
#pragma once

#include <memory>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/steer/steering.h"
#include "dnsd/zone/builder.h"

namespace waypost::v1 {
class Monitor;
class Network;
class Policy;
class Pool;
class Record;
class Region;
}  // namespace waypost::v1

namespace waypost::steer {

/// Borrowed for the call. Each list is ordered by name, without doubles.
struct CompileInput {
  std::vector<const v1::Region*> regions;
  std::vector<const v1::Pool*> pools;
  std::vector<const v1::Network*> networks;
  std::vector<const v1::Policy*> policies;
  std::vector<const v1::Record*> records;
};

struct Compiled {
  std::shared_ptr<const Steering> steering;  // null if there are errors
  /// Every name that is answered by policy, even with errors.
  std::vector<zone::SteeredOwner> owners;
  Problems problems;
};

/// Checks everything about regions, pools, endpoints, networks, policies with their steps, and
/// records, but not monitors and zones (config/validate.h).
Compiled Compile(const CompileInput& input);

}  // namespace waypost::steer
