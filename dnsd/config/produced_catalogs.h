// Catalogs that are made of the declared zones that name them (RFC 9432).
//
// Thread safety: pure.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/config/catalog.h"
#include "dnsd/config/catalog_zone.h"
#include "dnsd/zone/records.h"

namespace waypost::config {

/// By the catalog's name, as in NameOf. Looks at every zone.
std::map<std::string, std::vector<CatalogMember>> MembersByCatalog(const Catalog& catalog);

/// `before` where it says the same, so that its zone is taken over; it may be null.
std::shared_ptr<const zone::Records> ProducedContent(
    const v1::Zone& zone, const std::vector<CatalogMember>& members,
    const std::shared_ptr<const zone::Records>& before);

}  // namespace waypost::config
