// Regions, pools and endpoints as compiled: names turned into small integers once, at configuration
// time.
//
// Thread safety: immutable after compiling.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/geo/vocabulary.h"
#include "dnsd/liveness/board.h"
#include "dnsd/wire/name.h"

namespace waypost::steer {

using RegionIndex = uint16_t;
using PoolIndex = uint16_t;
using EndpointIndex = uint32_t;

/// More pools than this are refused, so that 0xFFFF can say "none".
inline constexpr size_t kMaxPools = 4096;
/// Candidate pools of one record, at most; a decision works in fixed arrays of this size.
inline constexpr size_t kMaxCandidates = 512;
/// Addresses in one answer, at most.
inline constexpr size_t kMaxAnswers = 16;
/// Tiers in the answer of a service, at most; they share the places of an answer.
inline constexpr size_t kMaxTiers = 4;

struct Region {
  std::string name;
  geo::Place place;
};

struct Endpoint {
  std::string id;  // POOL/ADDRESS or POOL/CNAME
  PoolIndex pool = 0;
  IpAddress address;      // unless it answers with a name
  wire::Name cname;       // root: it answers with an address
  uint16_t weight = 100;  // as declared
  uint16_t port = 0;      // of its own; 0: none
  std::string label;      // its address as a part of host names: 192-0-2-10, 2001-db8-0-0-0-0-0-1
};

struct Pool {
  std::string name;
  std::string label;  // the name as a part of host names: in lower case, with '-' for '.'
  RegionIndex region = 0;
  uint16_t weight = 100;  // as declared
  EndpointIndex first = 0;
  uint16_t v4 = 0;         // endpoints [first, first + v4): IPv4 addresses or names
  uint16_t v6 = 0;         // then IPv6 addresses
  bool has_ports = false;  // some of its endpoints have ports of their own
};

struct Topology {
  std::vector<Region> regions;  // by name
  std::vector<Pool> pools;      // by name
  std::vector<Endpoint>
      endpoints;  // by pool; within a pool IPv4 and names before IPv6, else as declared
};

/// The pool's endpoints answer with names. False for a pool without any.
inline bool HasNames(const Pool& pool, const Topology& topology) {
  return pool.v4 > 0 && !topology.endpoints[pool.first].cname.is_root();
}

}  // namespace waypost::steer
