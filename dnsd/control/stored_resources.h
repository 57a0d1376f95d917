// Resources as the store keeps them: KIND/NAME -> serialized Resource.
//
// Thread safety: pure. Errors: bytes that are no Resource are kInvalid and name the key.
#pragma once

#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/control/change_set.h"
#include "dnsd/store/store.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

Result<config::ResourceSet> FromContent(const store::Content& content);

/// The store's view of changes; what did not change is not named.
std::vector<store::Change> ToStoreChanges(const std::vector<ResourceChange>& changes);

/// Number, time, author, reason, and the changes with action and id only.
v1::Revision ToProto(const store::RevisionOutline& revision);

}  // namespace waypost::control
