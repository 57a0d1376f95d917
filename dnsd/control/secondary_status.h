// The zones with primaries as status and metrics tell of them.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "dnsd/control/secondary_zone.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

v1::SecondaryStatus ToProto(const SecondaryFacts& facts, Steady now);

/// What an operator should know of it; empty: all is well.
std::string WarningOf(const std::string& origin, const v1::SecondaryStatus& status);

}  // namespace waypost::control
