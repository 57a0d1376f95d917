// A large zone of which a few Rrsets changed: at a cost that follows them (zone/patch.h).
//
// Thread safety: pure. Errors: none are told; FillZone tells them.
#pragma once

#include "dnsd/config/build.h"
#include "dnsd/config/overlay.h"

namespace waypost::config {

/// Fills in what FillZone would, for `before` with this overlay instead of its own. False: nothing
/// is filled in, and the zone must be made anew.
bool PatchOver(const BuiltZone& before, const Overlay& overlay, BuiltZone& out);

}  // namespace waypost::config
