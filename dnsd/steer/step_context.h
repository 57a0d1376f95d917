// What a step may look at besides the candidates, and what it may use up.
//
// Thread safety: belongs to one decision.
#pragma once

#include <cstdint>

#include "dnsd/base/random.h"
#include "dnsd/steer/decide.h"

namespace waypost::steer {

struct StepContext {
  const World& world;
  const Client& client;
  Random random;
  uint64_t sequence = 0;
  bool front_only =
      false;  // no later step can pass over the front group: what is behind needs no order

  const geo::ClientClass& client_class() const {
    return world.clients->Class(client.located.class_id);
  }
  const Pool& pool(PoolIndex index) const { return world.steering->topology.pools[index]; }
  const Region& region(RegionIndex index) const { return world.steering->topology.regions[index]; }
};

}  // namespace waypost::steer
