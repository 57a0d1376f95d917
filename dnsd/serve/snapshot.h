// Everything a worker needs to answer, immutable and shared; a change publishes a new one that
// shares what stayed the same.
//
// Thread safety: immutable but for the board inside, which has its own rule (liveness/board.h).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dnsd/base/prefix_set.h"
#include "dnsd/geo/client_map.h"
#include "dnsd/liveness/board.h"
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

struct Snapshot {
  uint64_t revision = 0;
  std::vector<ServedZone> zones;
  std::shared_ptr<const zone::ZoneIndex> index;  // positions in `zones`
  std::shared_ptr<const steer::Steering> steering;
  std::shared_ptr<const geo::ClientMap> clients;
  std::shared_ptr<liveness::Board> board;  // written by the control thread, read here
  /// Pool index -> counter slot (below steer::kMaxPools) that stays the pool's own while the
  /// process lives.
  std::vector<uint16_t> pool_slots;

  steer::World world() const { return {steering.get(), clients.get(), board.get()}; }
};

}  // namespace waypost::serve
