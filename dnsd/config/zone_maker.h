// One zone of a configuration: its master file or what was transferred, with Rrsets and Records
// laid over it.
//
// Thread safety: pure; zones may be made by several threads at once. Errors: as problems.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dnsd/config/build.h"
#include "dnsd/config/placing.h"

namespace waypost::config {

/// What a zone is made of besides its resource.
struct Parts {
  const Laid& laid;
  std::shared_ptr<const zone::Records> content;  // of a zone that is not made of its text
};

/// Problems of text that came from no file are about this field of the zone.
void NameTheZone(const std::string& name, const char* field, Problems& problems);

/// By slot.
std::vector<zone::SteeredOwner> OwnersOf(const BuiltZone& zone, const steer::Steering& steering);

/// A zone made of `zone` and `parts` differs from `before` by its overlay at most. `steering`: what
/// `before` belongs to.
bool IsSameBase(const BuiltZone& before, const steer::Steering& steering, const v1::Zone& zone,
                const Parts& parts);

/// The zone itself, its content, and what the overlay replaced; no zone if there are errors.
void FillZone(const std::string& name, const v1::Zone& zone, const Parts& parts, BuiltZone& out,
              Problems& problems);

}  // namespace waypost::config
