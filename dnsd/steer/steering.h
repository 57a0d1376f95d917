// The whole of steering as compiled from resources: what Decide reads besides liveness and the
// client map.
//
// Thread safety: immutable after Compile.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/geo/client_map.h"
#include "dnsd/geo/vocabulary.h"
#include "dnsd/liveness/board.h"
#include "dnsd/steer/topology.h"

namespace waypost::steer {

class Chain;  // a policy's steps, compiled (steer/chain.h)

struct Record {
  wire::Name name;  // lowered
  bool a = false;
  bool aaaa = false;
  bool cname = false;
  std::string policy_name;
  std::shared_ptr<const Chain> chain;
  std::vector<PoolIndex> candidates;     // as declared
  std::vector<PoolIndex> candidates_v4;  // those with IPv4 addresses, or names
  std::vector<PoolIndex> candidates_v6;
  bool shared_addresses = false;  // some address stands in two of the candidates
  uint32_t ttl_min_s = 5;
  uint32_t ttl_max_s = 60;
  uint32_t index = 0;  // in Steering::records; place of its pin on the board
  bool ecs = true;     // the policy looks at the client subnet
};

/// A pool that a failover step does not prefer at once when it recovers.
struct Hold {
  std::string policy;
  PoolIndex pool = 0;
  bool manual = false;  // else after `delay`
  std::chrono::seconds delay{300};
};

struct Steering {
  Topology topology;
  geo::Vocabulary vocabulary;
  std::vector<Record> records;  // by name
  std::vector<Hold> holds;      // index: place on the board
  liveness::BoardLayout layout;
};

/// What a decision knows of the world. The caller keeps all three alive.
struct World {
  const Steering* steering = nullptr;
  const geo::ClientMap* clients = nullptr;
  const liveness::Board* board = nullptr;
};

}  // namespace waypost::steer
