// Who refers to whom among declared resources.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "waypost/v1/resource.pb.h"

namespace waypost::ctl {

/// Ids (KIND/NAME) of what `resource` names in its fields, sorted, each once.
std::vector<std::string> ReferencesOf(const v1::Resource& resource);

/// Ids of those of `all` that refer to `target`, sorted: for a zone, the records at or below its
/// origin; for what has an override, that too.
std::vector<std::string> FindReferrers(const v1::Resource& target,
                                       const std::vector<v1::Resource>& all);

}  // namespace waypost::ctl
