// What is true at the moment of a decision, for the oracle.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/liveness/board.h"

namespace waypost::steer {

/// By name.
struct Facts {
  struct EndpointFacts {
    liveness::Standing standing = liveness::Standing::kUp;
    uint16_t weight = 100;
    uint16_t ttl_cap_s = 0xFFFF;
  };
  std::map<std::string, EndpointFacts> endpoints;      // by id
  std::map<std::string, uint32_t> pool_weights;        // in effect
  std::map<std::string, liveness::Load> pool_loads;    // of those that are known
  std::set<std::pair<std::string, std::string>> held;  // policy, pool
  std::string pin;

  // The client.
  std::string country;
  std::string continent;
  std::string subdivision;                                  // US-CA
  std::vector<std::pair<std::string, std::string>> labels;  // network, label; most specific first
  std::map<std::string, uint32_t> rtt;                      // by region, tenths of a millisecond
  std::set<std::string> measured;                           // regions
  std::map<std::string, double> distance_km;                // by region
  uint64_t network_hash = 0;                                // HashNetwork with seed 0
  std::map<uint64_t, uint64_t> network_hashes;              // by seed as declared
  uint64_t spill_hash = 0;
  uint64_t sequence = 0;
};

}  // namespace waypost::steer
