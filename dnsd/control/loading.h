// From files to a change: what they say against what they said the last time, and what becomes of
// zones whose text is faulty.
//
// Thread safety: pure but for reading files. Errors: problems with file and line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dnsd/config/parse.h"
#include "dnsd/control/change_set.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {

/// Reads what is not as it was in `known`, which becomes what to know the next time.
config::Parsed ParseFiles(const std::vector<std::string>& paths, config::KnownFiles& known);

/// What files say of a resource, in short.
struct Statement {
  std::string id;
  std::string digest;
};

struct Wish {
  ChangeSet change;
  std::vector<Statement> statements;  // of all files that were read
  std::vector<std::string> kept;      // ids of what stands in those that were not
};

/// What differs from `before`, put into `current`, whose sharing it keeps; what is no longer named
/// is deleted if it is still there.
Wish WishOf(config::Parsed parsed, const v1::LoadedFiles& before,
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
bool Note(const Wish& wish, const Faults& set_aside, const config::ResourceSet& served,
          v1::LoadedFiles& loaded);

/// What is kept of a former version of this program, as it is kept now.
void Modernize(v1::LoadedFiles& loaded);

}  // namespace waypost::control
