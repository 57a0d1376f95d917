// What the verdict engine keeps for its next life, as bytes of the store. Times are written as
// ages, and the time that the process was away is added to them.
//
// Thread safety: pure functions. Errors: none; ages that make no sense are bounded.
#pragma once

#include "dnsd/base/clock.h"
#include "dnsd/liveness/verdicts.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {

v1::LivenessMemory ToProto(const liveness::Memory& memory, const Clock& clock);
liveness::Memory FromProto(const v1::LivenessMemory& message, const Clock& clock);

}  // namespace waypost::control
