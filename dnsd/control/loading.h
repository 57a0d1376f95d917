// From files to a change: what they say against what they said the last time, and what becomes of
// zones whose text is faulty.
//
// Thread safety: pure but for reading files. Errors: problems with file and line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/config/parse.h"
#include "dnsd/control/change_set.h"
#include "dnsd/control/file_memory.h"

namespace waypost::control {

/// Reads what is not as it was in `known`, which becomes what to know the next time.
config::Parsed ParseFiles(const std::vector<std::string>& paths, config::KnownFiles& known);
/// Of these zones alone: the master files that are called after them. Unset, and nothing read,
/// unless each is known to be all that is said of its zone.
std::optional<config::Parsed> ParseZones(const std::vector<std::string>& paths,
                                         const std::vector<std::string>& zones,
                                         config::KnownFiles& known);

struct Wish {
  ChangeSet change;
  Statements statements;  // of all files that were read
};

/// What files say otherwise than before, put into `current`, whose sharing it keeps; what is no
/// longer named is deleted if it is still there.
Wish WishOf(config::Parsed parsed, const Former& former, const config::ResourceSet& current);

/// Names of zones, and what is wrong with each.
using Faults = std::map<std::string, std::string>;

/// Takes faulty zones out of a wish: those that were sound once stay as they are, others are there
/// without text and say what is wrong.
void SetAside(const Faults& faults, const config::ResourceSet& current,
              config::ResourceSet& wished);

/// What the next load is to be compared with, as far as it differs from `former`. Zones that were
/// set aside are as they were before, or as they are `served` if they were not, and their files are
/// read again.
Statements NewsOf(const Wish& wish, const Faults& set_aside, const config::ResourceSet& served,
                  const Former& former);

}  // namespace waypost::control
