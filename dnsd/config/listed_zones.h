// The zones that consumed catalogs list (RFC 9432 section 5), as resources beside the declared
// ones. A declared zone wins over a listed one, and a catalog that has a zone keeps it: another one
// gets it only where the first says so (coo), or lists it no more.
//
// Thread safety: pure. Errors: in words, as what is ignored. A catalog without content, or with a
// broken one, lists what it listed before; who takes over new content asks WhyBroken first.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/config/catalog_zone.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/records.h"

namespace waypost::config {

/// A consumed catalog, and what was transferred of it.
struct ConsumedCatalog {
  std::shared_ptr<const v1::Resource> resource;
  std::shared_ptr<const zone::Records> content;  // null: nothing yet
  std::shared_ptr<const std::vector<CatalogMember>> members = nullptr;

  bool IsMadeOf(const ConsumedCatalog& other) const {
    return resource == other.resource && content == other.content;
  }
};

struct ListedZone {
  std::shared_ptr<const v1::Resource> resource;
  std::string catalog;  // as in NameOf
  /// The same while the zone keeps its state: a member with another label, or of a catalog that
  /// took it over without being told to, begins anew (RFC 9432 section 5.4).
  std::string incarnation;
};

struct Listing {
  std::map<std::string, ConsumedCatalog> catalogs;  // by name
  SharedMap<ListedZone> zones;                      // by id
  std::vector<std::string> ignored;                 // members, in words
};

/// By origin: the catalog that lists a zone.
using ListersByZone = std::map<std::string, std::string>;

/// What is left of a listing after a restart: who has which zone. Null: nobody has any.
std::shared_ptr<const Listing> ListedBefore(const ListersByZone& listers);

/// What `declared` and the contents in `catalogs` list, after `before` (null: nothing). Null: there
/// are no consumed catalogs.
std::shared_ptr<const Listing> ListZones(const std::map<std::string, ConsumedCatalog>& catalogs,
                                         std::shared_ptr<const Listing> before);

/// What was declared and listed.
struct Wished {
  const ResourceSet& declared;
  const Listing* listing;  // may be null
};
/// Both together, made of what they were together before.
ResourceSet Together(const ResourceSet& all_before, const Wished& before, const Wished& now);

/// Members that are not served, in words (RFC 9432 section 5.2).
std::vector<std::string> IgnoredMembers(const Wished& wished);

/// Why the content must not be processed; nullopt: it may.
std::optional<std::string> WhyBroken(const wire::Name& origin, const zone::Records& content);

}  // namespace waypost::config
