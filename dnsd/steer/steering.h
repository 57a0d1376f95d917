// The whole of steering as compiled from resources: what Decide reads besides liveness and the
// client map.
//
// Thread safety: immutable after Compile.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/geo/client_map.h"
#include "dnsd/geo/vocabulary.h"
#include "dnsd/liveness/board.h"
#include "dnsd/steer/topology.h"
#include "dnsd/zone/steered_types.h"

namespace waypost::steer {

class Chain;       // a policy's steps, compiled (steer/chain.h)
class FrontTable;  // what was found out of them (steer/front_table.h)

/// What SRV, SVCB and HTTPS say besides addresses.
struct Service {
  uint16_t port = 0;  // 0: not said
  std::string alpn;   // as SvcParamValue (RFC 9460 section 7.1.1); empty: not said
  bool no_default_alpn = false;
  bool hints = true;
  uint8_t tiers = 2;   // 1 to kMaxTiers
  wire::Name targets;  // lowered; the names of pools and endpoints stand below
};

/// What stands behind a name that a policy answers.
enum class Role : uint8_t {
  kDeclared,
  kPool,       // the target that answers name for a pool
  kEndpoints,  // a wildcard for the targets that answers name for each endpoint of a pool
};

/// The pools that may answer a record; one object for all records with the same.
struct CandidateLists {
  std::vector<PoolIndex> all;  // as declared
  std::vector<PoolIndex> v4;   // those with IPv4 addresses, or names
  std::vector<PoolIndex> v6;
};

struct alignas(64) Record {
  // What a decision reads, in one line of the cache.
  std::shared_ptr<const Chain> chain;
  std::shared_ptr<const CandidateLists> candidates;
  std::shared_ptr<const Service> service;  // null: it has no type of a service
  uint32_t ttl_min_s = 5;
  uint32_t ttl_max_s = 60;
  uint32_t index = 0;  // in Steering::records; place of its pin on the board
  Role role = Role::kDeclared;
  zone::SteeredTypes types;
  bool ecs = true;                // the policy looks at the client subnet
  bool shared_addresses = false;  // some address stands in two of the candidates

  wire::Name name;   // lowered
  std::string view;  // whose clients get it; empty: all
  std::string policy_name;
};
static_assert(offsetof(Record, name) == 64);

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
  std::vector<Record> records;  // those declared, by name, and then their targets
  std::vector<Hold> holds;      // index: place on the board
  liveness::BoardLayout layout;
};

/// What a decision knows of the world. The caller keeps all of it alive.
struct World {
  const Steering* steering = nullptr;
  const geo::ClientMap* clients = nullptr;
  const liveness::Board* board = nullptr;
  const FrontTable* fronts = nullptr;  // of the first two; null: nothing is remembered
};

}  // namespace waypost::steer
