// A large zone of which a few Rrsets changed: at a cost that follows them (zone/patch.h).
//
// Thread safety: pure. Errors: none are told; FillZone tells them. Warnings are those about the
// names that differ.
#pragma once

#include <string>

#include "dnsd/config/build.h"
#include "dnsd/config/overlay.h"

namespace waypost::config {

/// Fills in what FillZone would, for `before` with this overlay instead of its own. False: nothing
/// is filled in or told, and the zone must be made anew.
bool PatchOver(const std::string& name, const BuiltZone& before, const Overlay& overlay,
               BuiltZone& out, Problems& problems);

}  // namespace waypost::config
