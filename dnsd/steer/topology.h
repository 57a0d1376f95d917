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
};

struct Pool {
  std::string name;
  RegionIndex region = 0;
  uint16_t weight = 100;  // as declared
  EndpointIndex first = 0;
  uint16_t v4 = 0;  // endpoints [first, first + v4): IPv4 addresses or names
  uint16_t v6 = 0;  // then IPv6 addresses
};

struct Topology {
  std::vector<Region> regions;  // by name
  std::vector<Pool> pools;      // by name
  std::vector<Endpoint>
      endpoints;  // by pool; within a pool IPv4 and names before IPv6, else as declared
};

}  // namespace waypost::steer
