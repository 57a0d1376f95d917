// From a set of resources to what is served: checks everything, then builds what changed and shares
// the rest with before.
//
// Thread safety: pure; may run on any thread. Errors: all problems at once, and then no Built. A
// zone that cannot be loaded is such a problem.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dnsd/base/prefix_set.h"
#include "dnsd/base/problem.h"
#include "dnsd/base/seldom.h"
#include "dnsd/base/view_map.h"
#include "dnsd/config/listed_zones.h"
#include "dnsd/config/overlay.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/config/scope.h"
#include "dnsd/liveness/verdicts.h"
#include "dnsd/steer/steering.h"
#include "dnsd/zone/zone.h"

namespace waypost::config {

/// What was transferred, by origin as in NameOf; null: there is nothing (any more).
using Contents = std::map<std::string, std::shared_ptr<const zone::Records>>;

/// What a zone that some view sees otherwise was made of (config/variants.h).
struct Variant {
  std::shared_ptr<const zone::Zone> base;
  std::vector<zone::SteeredOwner> owners;  // by slot
};

/// What most zones have nothing of.
struct ZoneExtras {
  std::string view;  // whose clients see it; empty: all that see no other
  std::shared_ptr<const PrefixSet> allow_query;  // null: everybody
  std::shared_ptr<const zone::Records> content;  // of a secondary or catalog zone; null: none
  std::string listed_by;                         // the catalog; empty: it is declared
  std::string incarnation;                       // as in ListedZone
  Overlay overlay;
  Replaced replaced;  // by the overlay, of the master file or the content
  /// Of a variant: `overlay` is the view's alone, all else not named here is of the zone of no
  /// view.
  std::shared_ptr<const Variant> variant;
};

struct BuiltZone {
  std::shared_ptr<const zone::Zone> zone;  // null: nothing to answer from, as in serve::ServedZone
  std::vector<uint32_t> steered;           // by slot: index in Steering::records
  std::shared_ptr<const v1::Resource> resource;
  std::optional<uint32_t> base_serial;  // before the overlay
  bool ecs = true;
  Seldom<ZoneExtras> extras;

  /// Precondition: `resource` says one.
  wire::Name Origin() const {
    return zone != nullptr ? zone->origin() : wire::Name::Parse(resource->zone().origin()).value();
  }
};

struct BuiltView {
  std::string name;
  bool own_zones_only = false;
  std::vector<std::string> zones;  // in Built::zones: its own, and its variants
};

struct BuiltViews {
  ViewMap map;
  std::vector<BuiltView> views;  // as `map` counts them

  /// Null: the client has none.
  const BuiltView* Find(const ViewClient& client) const { return At(map.Find(client)); }
  const BuiltView* FindByKey(const ViewClient& client) const { return At(map.FindByKey(client)); }

 private:
  const BuiltView* At(uint32_t view) const {
    return view == ViewMap::kNone ? nullptr : &views[view];
  }
};

struct Built {
  ResourceSet resources;                    // as declared
  ResourceSet all;                          // with the zones that catalogs list
  std::shared_ptr<const Listing> listing;   // null: no catalog is consumed
  SharedMap<BuiltZone> zones;               // by name: as in NameOf, or ORIGIN@VIEW of a variant
  Names steered_zones;                      // those of them that are declared and have Records
  std::shared_ptr<const BuiltViews> views;  // null: there are none
  std::shared_ptr<const steer::Steering> steering;
  std::map<std::string, v1::Pool> laid_pools;  // those with registered endpoints, with all of them
  std::set<std::string> left_out;              // names of registrations that their pools refuse
};

struct BuildResult {
  std::shared_ptr<const Built> built;  // null if there are errors
  Problems problems;
  /// Zones whose text has errors, and which; no other resource need be at fault for them.
  std::map<std::string, std::string> faulty_zones;
};

/// `previous` may be null. Its cost follows what differs from it: only that is checked and built,
/// and told about; zones whose text, RRsets and steered names are the same are taken over. Zones
/// with primaries are made of what `contents` has for them, else of what they had
/// in `previous`.
BuildResult Build(const ResourceSet& resources, const Built* previous,
                  const Contents& contents = {});

struct Refilled {
  std::shared_ptr<const Built> built;
  /// By origin: why the content cannot be served; the zone is as before.
  std::map<std::string, Problems> refused;
};
/// The same configuration with other contents: only their zones are built, and those that come or
/// change with a consumed catalog. Origins that are not those of zones with primaries are passed
/// over.
Refilled Refill(const Built& before, const Contents& contents);

/// The zone of this origin as the clients of a view see it (null: of no view); null: there is none.
const BuiltZone* FindZone(const Built& built, const std::string& origin, const BuiltView* view);

/// The zone's name in Built::zones.
inline std::string SeenName(const BuiltZone& zone) {
  return Scoped{zone.Origin().Lowered().ToString(), zone.extras->view}.ToString();
}

inline bool IsSecondary(const v1::Zone& zone) { return !zone.primaries().empty(); }
inline bool IsConsumedCatalog(const v1::Zone& zone) {
  return zone.catalog() == v1::CATALOG_ROLE_CONSUME;
}
inline bool IsProducedCatalog(const v1::Zone& zone) {
  return zone.catalog() == v1::CATALOG_ROLE_PRODUCE;
}
/// It is another zone of the same name: what was transferred before counts no more.
inline bool IsReset(const std::string& incarnation_before, const std::string& incarnation) {
  return !incarnation_before.empty() && !incarnation.empty() && incarnation_before != incarnation;
}
/// A variant has what was transferred for the zone of no view.
inline bool IsSecondary(const BuiltZone& zone) {
  return zone.extras->variant == nullptr && IsSecondary(zone.resource->zone());
}

/// Overrides applied as of `now`: what the verdict engine must know, in board order. Overrides that
/// have ended do not count.
liveness::Layout LayoutFor(const Built& built, std::chrono::system_clock::time_point now);

/// The monitor of an endpoint with all defaults filled in; null: not monitored.
std::unique_ptr<v1::Monitor> MonitorFor(const Built& built, steer::EndpointIndex endpoint);
/// Of an endpoint with a combined monitor: those that it names, likewise; else none.
std::vector<v1::Monitor> MembersFor(const Built& built, steer::EndpointIndex endpoint);
/// The address to probe.
IpAddress ProbeAddressFor(const Built& built, steer::EndpointIndex endpoint);

/// Record pins of `failover RECORD --to POOL` as of `now`: record index -> pool index.
std::map<uint32_t, steer::PoolIndex> PinsFor(const Built& built,
                                             std::chrono::system_clock::time_point now);

}  // namespace waypost::config
