// Catalog zones (RFC 9432): zones that list other zones, so that name servers learn by zone
// transfer which zones they serve.
//
// Thread safety: pure. Errors: kInvalid for a catalog that must not be processed (RFC 9432 section
// 5.1), with the fact.
#pragma once

#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/records.h"

namespace waypost::config {

struct CatalogMember {
  wire::Name zone;                  // lowered
  std::vector<std::string> groups;  // what consumers make of them is theirs
  std::string moves_to;             // the catalog that is to list it (coo), as text; empty: none
  std::string label = {};           // in its catalog, lowered; the writer makes its own

  bool operator==(const CatalogMember&) const = default;
};

/// A catalog zone with these members, serial 1. A member's label is a hash of its name: the same
/// always and everywhere, in the catalog that it moves to as well, so that its state is kept there
/// (RFC 9432 section 4.3.1).
zone::Records MakeCatalogZone(const wire::Name& origin, const std::vector<CatalogMember>& members);

/// The members, in the order of the content.
Result<std::vector<CatalogMember>> ReadCatalogZone(const wire::Name& origin,
                                                   const zone::Records& content);

}  // namespace waypost::config
