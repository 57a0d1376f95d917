// From files to a change: what they say against what they said the last time, and what becomes of
// zones whose text is faulty.
//
// Thread safety: pure but for reading files. Errors: problems with file and line.
#pragma once

#include <string>
#include <vector>

#include "dnsd/config/parse.h"
#include "waypost/v1/control.pb.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {

config::Parsed ParseFiles(const std::vector<std::string>& paths, Problems& problems);

/// What differs from `before`; what is no longer named is deleted if it is still in `current`.
v1::ApplyRequest RequestFor(const config::Parsed& parsed, const v1::LoadedFiles& before,
                            const config::ResourceSet& current);

/// Takes faulty zones out of a wish: those that are served stay as they are, new ones do not come.
void SetAside(const std::vector<std::string>& zones, const config::ResourceSet& current,
              config::ResourceSet& wished);

/// What to compare with the next time. Zones that were set aside are as they were before, so that
/// they are tried again.
v1::LoadedFiles Loaded(const config::Parsed& parsed,
                       const std::vector<std::string>& zones_set_aside,
                       const v1::LoadedFiles& before);

}  // namespace waypost::control
