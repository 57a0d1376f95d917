#include "dnsd/steer/fallback.h"

#include <algorithm>
#include <span>

#include "dnsd/steer/chain.h"
#include "dnsd/zone/zone.h"

namespace waypost::steer {
namespace {

std::vector<PoolIndex> PoolsFor(const Record& record) {
  const Knobs& knobs = record.chain->knobs();
  const bool has_last_resort =
      knobs.on_all_down == AllDown::kLastResort && knobs.last_resort != kNoPool;
  return has_last_resort ? std::vector<PoolIndex>{knobs.last_resort} : record.candidates;
}

std::string RdataOf(const Endpoint& endpoint) {
  if (!endpoint.cname.is_root()) return std::string(endpoint.cname.wire());
  char octets[16];
  return {octets, endpoint.address.WriteBytes(reinterpret_cast<uint8_t*>(octets))};
}

/// The endpoints that answer a type: those with IPv6 addresses, or all others of the pool.
std::span<const Endpoint> EndpointsFor(const Pool& pool, uint16_t type, const Topology& topology) {
  const std::span<const Endpoint> all(topology.endpoints);
  if (type == zone::kAaaa) return all.subspan(pool.first + pool.v4, pool.v6);
  return all.subspan(pool.first, pool.v4);
}

FallbackSet SetOf(const Record& record, uint16_t type, const Topology& topology) {
  FallbackSet set{.type = type, .ttl_s = record.ttl_max_s};
  for (const PoolIndex pool : PoolsFor(record)) {
    for (const Endpoint& endpoint : EndpointsFor(topology.pools[pool], type, topology)) {
      set.rdata.push_back(RdataOf(endpoint));
    }
  }
  if (type == zone::kCname && set.rdata.size() > 1) set.rdata.resize(1);
  std::sort(set.rdata.begin(), set.rdata.end());
  set.rdata.erase(std::unique(set.rdata.begin(), set.rdata.end()), set.rdata.end());
  return set;
}

}  // namespace

std::vector<FallbackSet> FallbackOf(const Record& record, const Topology& topology) {
  std::vector<FallbackSet> sets;
  for (const auto& [is_steered, type] :
       {std::pair(record.a, uint16_t{zone::kA}), std::pair(record.cname, uint16_t{zone::kCname}),
        std::pair(record.aaaa, uint16_t{zone::kAaaa})}) {
    if (!is_steered) continue;
    FallbackSet set = SetOf(record, type, topology);
    if (!set.rdata.empty()) sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace waypost::steer
