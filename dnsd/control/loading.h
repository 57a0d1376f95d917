// From files to a change: what they say against what they said the last time, and what becomes of
// zones whose text is faulty.
//
// Thread safety: pure but for reading files. Errors: problems with file and line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dnsd/config/parse.h"
#include "waypost/v1/control.pb.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {

/// Reads what is not as it was in `known`, which becomes what to know the next time.
config::Parsed ParseFiles(const std::vector<std::string>& paths, config::KnownFiles& known);

/// What differs from `before`; what is no longer named is deleted if it is still in `current`.
v1::ApplyRequest RequestFor(const config::Parsed& parsed, const v1::LoadedFiles& before,
                            const config::ResourceSet& current);

/// Names of zones, and what is wrong with each.
using Faults = std::map<std::string, std::string>;

/// Takes faulty zones out of a wish: those that were sound once stay as they are, others are there
/// without text and say what is wrong.
void SetAside(const Faults& faults, const config::ResourceSet& current,
              config::ResourceSet& wished);

/// Changes `loaded` to what the next time is to be compared with. Zones that were set aside are as
/// they were before, or as they are `served` if they were not, so that they are tried again. False:
/// it is the same.
bool Note(const config::Parsed& parsed, const Faults& set_aside, const config::ResourceSet& served,
          v1::LoadedFiles& loaded);

/// What is kept of a former version of this program, as it is kept now.
void Modernize(v1::LoadedFiles& loaded);

}  // namespace waypost::control
