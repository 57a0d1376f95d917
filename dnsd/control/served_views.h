// What is built, as workers answer from it: zones, and what the clients of views see.
//
// Thread safety: pure. Ownership: what is served points into the steering.
#pragma once

#include <memory>

#include "dnsd/config/build.h"
#include "dnsd/serve/snapshot.h"

namespace waypost::control {

serve::ServedZone Served(const config::BuiltZone& zone, const steer::Steering& steering);

/// Null: there are none.
std::shared_ptr<const serve::Views> ViewsOf(const config::Built& built);

}  // namespace waypost::control
