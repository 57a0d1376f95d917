// Everything a worker needs to answer, immutable and shared; a change publishes a new one that
// shares what stayed the same.
//
// Thread safety: immutable but for the board inside, which has its own rule (liveness/board.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dnsd/base/prefix_set.h"
#include "dnsd/base/shared_vector.h"
#include "dnsd/base/view_map.h"
#include "dnsd/geo/client_map.h"
#include "dnsd/liveness/board.h"
#include "dnsd/steer/front_table.h"
#include "dnsd/steer/steering.h"
#include "dnsd/zone/zone.h"
#include "dnsd/zone/zone_index.h"

namespace waypost::serve {

struct ServedZone {
  /// Null: ours, but with nothing to answer from (not yet transferred, expired): SERVFAIL.
  std::shared_ptr<const zone::Zone> zone;
  /// By Steered::slot; points into Snapshot::steering.
  std::vector<const steer::Record*> steered;
  bool ecs = true;  // the zone looks at the client subnet
  /// Resolvers that may ask; null: everybody.
  std::shared_ptr<const PrefixSet> allow_query;

  bool Admits(const IpAddress& resolver) const noexcept {
    return allow_query == nullptr || allow_query->Contains(resolver);
  }
};

/// What the clients of one view see before, or instead of, what all see.
struct ServedView {
  std::string name;
  std::vector<ServedZone> zones;
  zone::ZoneIndex index;  // positions in `zones`
  bool own_zones_only = false;
};

struct Views {
  ViewMap map;
  std::vector<ServedView> views;  // as `map` counts them

  /// Null: the client has no view.
  const ServedView* Find(const ViewClient& client) const noexcept {
    const uint32_t view = map.Find(client);
    return view == ViewMap::kNone ? nullptr : &views[view];
  }
};

/// The zone that is responsible for a name.
struct FoundZone {
  const ServedZone* zone = nullptr;  // null: there is none
  uint32_t number = 0;               // its own among those that one client sees
};

struct Snapshot {
  uint64_t revision = 0;
  SharedVector<ServedZone> zones;
  std::shared_ptr<const zone::ZoneIndex> index;  // of the zones of no view: positions in `zones`
  std::shared_ptr<const Views> views;            // null: there are none
  std::shared_ptr<const steer::Steering> steering;
  std::shared_ptr<const geo::ClientMap> clients;
  /// Of the two above; null: nothing is remembered.
  std::shared_ptr<const steer::FrontTable> fronts;
  std::shared_ptr<liveness::Board> board;  // written by the control thread, read here
  /// Pool index -> counter slot (below steer::kMaxPools) that stays the pool's own while the
  /// process lives.
  std::vector<uint16_t> pool_slots;

  steer::World world() const { return {steering.get(), clients.get(), board.get(), fronts.get()}; }

  /// `qname`: lowered. `view`: whose clients ask; null: those of no view.
  FoundZone FindZone(std::span<const uint8_t> qname, const ServedView* view) const noexcept {
    return view == nullptr ? At(index->Find(qname)) : FindSeen(qname, *view);
  }
  /// What FindZone finds where there is no view, if its origin has so many octets; null: none.
  struct LikelyZone {
    const ServedZone* zone = nullptr;
    size_t origin_octets = 0;
  };
  LikelyZone FindLikelyZone(std::span<const uint8_t> qname) const noexcept {
    const zone::ZoneIndex::Likely likely = index->FindLikely(qname);
    return {At(likely.position).zone, likely.octets};
  }

 private:
  FoundZone At(uint32_t position) const noexcept {
    if (position == zone::ZoneIndex::kNone) return {};
    return {&zones[position], position};
  }
  FoundZone FindSeen(std::span<const uint8_t> qname, const ServedView& view) const noexcept;
};

}  // namespace waypost::serve
