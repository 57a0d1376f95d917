// How far a change reaches: what differs between two sets of resources, and which zones must be
// looked at for it.
//
// Thread safety: values. Ownership: borrows nothing.
#pragma once

#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "dnsd/config/catalog.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/wire/name.h"

namespace waypost::config {

using Names = std::set<std::string, std::less<>>;

struct Scope {
  Names kinds;   // of what differs, as in KindOf
  Names rrsets;  // names of those that differ; those that are gone are not among them
  Names placed;  // ids of Rrsets and Records that came, went or changed
  /// Zones that came, went or changed, or that hold, held or lose what did.
  Names zones;

  bool IsOnly(std::initializer_list<std::string_view> some) const;
  bool Has(std::string_view kind) const { return kinds.contains(kind); }
};

/// Resources that are shared between both are not looked at.
Scope ScopeOf(const ResourceSet& before, const ResourceSet& after);

/// The name, as in NameOf, of the zone that a name belongs to for the clients of a view (empty: of
/// none): the nearest one at or above it that they see. Empty: there is none.
std::string ZoneOf(wire::Name name, const std::string& view, const Catalog& catalog);

}  // namespace waypost::config
