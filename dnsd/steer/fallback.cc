#include "dnsd/steer/fallback.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include "dnsd/steer/chain.h"
#include "dnsd/steer/service_rdata.h"
#include "dnsd/zone/zone.h"

namespace waypost::steer {
namespace {

std::vector<PoolIndex> PoolsFor(const Record& record) {
  const Knobs& knobs = record.chain->knobs();
  const bool has_last_resort =
      knobs.on_all_down == AllDown::kLastResort && knobs.last_resort != kNoPool;
  return has_last_resort ? std::vector<PoolIndex>{knobs.last_resort} : record.candidates->all;
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

/// IPv4 addresses and names, then IPv6 addresses.
std::vector<EndpointIndex> AllOf(const Pool& pool) {
  std::vector<EndpointIndex> all(pool.v4 + pool.v6);
  std::iota(all.begin(), all.end(), pool.first);
  return all;
}

/// RDATA of every endpoint of a pool.
void AddService(const Record& record, uint16_t type, PoolIndex pool, const Topology& topology,
                std::vector<std::string>& rdata) {
  const Pool& p = topology.pools[pool];
  const auto priority =
      static_cast<uint16_t>(1 + record.chain->TierOf(pool, record.candidates->all));
  std::array<uint8_t, kMaxServiceRdata> octets;
  const auto add = [&](size_t size) {
    rdata.emplace_back(reinterpret_cast<const char*>(octets.data()), size);
  };
  std::vector<EndpointIndex> endpoints = AllOf(p);
  if (type == zone::kSrv) {
    for (const EndpointIndex e : endpoints) {
      const uint16_t weight = SrvWeight(topology.endpoints[e].weight, p.weight);
      add(WriteSrv(*record.service, topology, e, priority, weight, octets.data()));
    }
    return;
  }
  // Of the endpoints that share a target more than an answer takes would only be more hints.
  const bool is_shared = !endpoints.empty() && !IsOfferedAlone(topology.endpoints[endpoints[0]], p);
  if (is_shared && endpoints.size() > kMaxAnswers) endpoints.resize(kMaxAnswers);
  ForEachOffer(endpoints, priority, topology, [&](const Offer& offer) {
    add(WriteBinding(*record.service, topology, offer, record.service->hints, octets.data()));
  });
}

FallbackSet SetOf(const Record& record, uint16_t type, const Topology& topology) {
  FallbackSet set{.type = type, .ttl_s = record.ttl_max_s};
  for (const PoolIndex pool : PoolsFor(record)) {
    if (zone::kServiceTypes.Has(type)) {
      AddService(record, type, pool, topology, set.rdata);
      continue;
    }
    for (const Endpoint& endpoint : EndpointsFor(topology.pools[pool], type, topology)) {
      set.rdata.push_back(RdataOf(endpoint));
    }
  }
  if (type == zone::kCname && set.rdata.size() > 1) set.rdata.resize(1);
  std::sort(set.rdata.begin(), set.rdata.end());
  set.rdata.erase(std::unique(set.rdata.begin(), set.rdata.end()), set.rdata.end());
  return set;
}

/// The name of the pool's target is what the wildcard stands for.
std::vector<FallbackSet> EndpointNames(const Record& record, const Topology& topology) {
  std::vector<FallbackSet> sets;
  const std::string pool(record.name.Parent().wire());
  for (const EndpointIndex e : AllOf(topology.pools[record.candidates->all[0]])) {
    const Endpoint& endpoint = topology.endpoints[e];
    std::string owner(1, static_cast<char>(endpoint.label.size()));
    sets.push_back({.owner = owner + endpoint.label + pool,
                    .type = endpoint.address.is_v4() ? zone::kA : zone::kAaaa,
                    .ttl_s = record.ttl_max_s,
                    .rdata = {RdataOf(endpoint)}});
  }
  return sets;
}

}  // namespace

std::vector<FallbackSet> FallbackOf(const Record& record, const Topology& topology) {
  if (record.role == Role::kEndpoints) return EndpointNames(record, topology);
  std::vector<FallbackSet> sets;
  for (const uint16_t type : zone::SteeredTypes::kAll) {
    if (!record.types.Has(type)) continue;
    FallbackSet set = SetOf(record, type, topology);
    if (!set.rdata.empty()) sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace waypost::steer
