// Which zones Rrsets and Records belong to.
//
// Thread safety: pure. Errors: as problems of those that belong to no zone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/config/overlay.h"
#include "dnsd/config/scope.h"
#include "dnsd/zone/builder.h"

namespace waypost::config {

/// What lies over a zone's text.
struct Laid {
  Overlay rrsets;                          // in the order of their names
  std::vector<zone::SteeredOwner> owners;  // of Records and of their services' targets
};

/// By origin; zones over which nothing lies are not among them.
using LaidByZone = std::map<std::string, Laid>;

/// The zones that there are. What lies in one that only a catalog lists must lie in a declared one
/// too, for catalogs come and go as others like.
struct Realm {
  const ResourceSet& all;
  const ResourceSet& declared;
};

/// `ids`: the Rrsets to place and the Records to check; those that are not in the set are passed
/// over, as are those of views in zones of no view.
LaidByZone Place(const Names& ids, const Realm& realm, Problems& problems);

/// Of owners in no zone only the targets of services are reported: Place says the others.
void PlaceOwners(const std::vector<zone::SteeredOwner>& owners, const Realm& realm,
                 LaidByZone& zones, Problems& problems);

}  // namespace waypost::config
