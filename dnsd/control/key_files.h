// The TSIG keys that resources declare, with their secrets from files.
//
// Thread safety: pure but for reading files. Errors: as problems of the key; such a key is left
// out, so that what it signs is refused.
#pragma once

#include "dnsd/base/problem.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/transfer/tsig.h"

namespace waypost::control {

transfer::KeyRing LoadKeys(const config::ResourceSet& resources, Problems& problems);

}  // namespace waypost::control
