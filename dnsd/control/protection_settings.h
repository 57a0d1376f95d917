// The part of the settings that says who may ask, who must prove an address and how much one
// network gets.
//
// Thread safety: pure but for reading the secrets' file and drawing a random one. Errors: one Error
// that names the setting.
#pragma once

#include "dnsd/base/result.h"
#include "dnsd/serve/protection.h"
#include "waypost/v1/settings.pb.h"

namespace waypost::control {

Result<serve::Protection> ReadProtection(const v1::DirectorSettings& from);

}  // namespace waypost::control
