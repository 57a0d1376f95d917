#include "dnsd/steer/compile_topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dnsd/steer/checks.h"
#include "dnsd/steer/compile_service.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

constexpr uint32_t kDefaultWeight = 100;

bool RanksByPlace(const CompileInput& input) {
  return std::any_of(input.policies.begin(), input.policies.end(), [](const v1::Policy* policy) {
    return std::any_of(policy->steps().begin(), policy->steps().end(), [](const v1::Step& step) {
      return step.has_latency() || step.has_geoproximity();
    });
  });
}

Region CompileRegion(const v1::Region& message, bool ranks_by_place, Problems& problems) {
  const Reporter report(&problems, Quoted("region", message.name()));
  CheckName(message.name(), "name", report);
  Region region{message.name(), CheckLocation(message.location(), report.In("location"))};
  if (ranks_by_place && !region.place.has_coordinates) {
    report.Warn("location", "unknown: latency and geoproximity rank this region last");
  }
  if (!(message.capacity() >= 0)) report.Fail("capacity", "is below 0");
  return region;
}

// An endpoint answers with an address or with a name; nullopt: with nothing that makes sense.
std::optional<Endpoint> CompileAnswer(const v1::Endpoint& message, const std::string& pool,
                                      const Reporter& report) {
  Endpoint endpoint;
  if (message.address().empty() == message.cname().empty()) {
    report.Fail("", message.address().empty() ? "has neither an address nor a cname"
                                              : "has both an address and a cname");
    return std::nullopt;
  }
  if (!message.address().empty()) {
    const auto address = IpAddress::Parse(message.address());
    if (!address) {
      report.Fail("address", fmt::format("\"{}\" is no IP address", message.address()));
      return std::nullopt;
    }
    endpoint.address = *address;
    endpoint.id = pool + "/" + address->ToString();
    endpoint.label = HostLabel(*address);
    return endpoint;
  }
  const auto name = wire::Name::Parse(message.cname());
  if (!name || name->is_root()) {
    report.Fail("cname", name ? "is the root" : name.error().message);
    return std::nullopt;
  }
  endpoint.cname = name->Lowered();
  endpoint.id = pool + "/" + endpoint.cname.ToString();
  return endpoint;
}

void CheckHealth(const v1::PoolHealth& health, const Reporter& report) {
  if (health.min_up() > 65535) report.Fail("min_up", "is above 65535");
  if (health.panic_below() > 100) report.Fail("panic_below", "is above 100");
}

std::optional<Endpoint> CompileEndpoint(const v1::Endpoint& message, const v1::Pool& pool,
                                        const Reporter& report) {
  auto endpoint = CompileAnswer(message, pool.name(), report);
  const uint32_t weight = message.has_weight() ? message.weight() : kDefaultWeight;
  const uint16_t checked = CheckWeight(weight, "weight", report);
  if (endpoint) endpoint->weight = checked;
  if (message.port() > 65535) report.Fail("port", "is above 65535");
  if (endpoint) endpoint->port = static_cast<uint16_t>(message.port());
  if (!message.probe_address().empty() && !IpAddress::Parse(message.probe_address())) {
    report.Fail("probe_address", fmt::format("\"{}\" is no IP address", message.probe_address()));
  }
  const bool is_monitored = !message.monitor().empty() || !pool.monitor().empty();
  if (is_monitored && !message.cname().empty() && message.probe_address().empty()) {
    report.Fail("probe_address", "missing: a name that is monitored needs an address to probe");
  }
  return endpoint;
}

std::vector<Endpoint> CompileEndpoints(const v1::Pool& message, const Reporter& report) {
  std::vector<Endpoint> endpoints;
  std::set<std::string> ids;
  for (int i = 0; i < message.endpoints_size(); ++i) {
    const Reporter at = report.In(Nth("endpoints", static_cast<size_t>(i)));
    auto endpoint = CompileEndpoint(message.endpoints(i), message, at);
    if (!endpoint) continue;
    if (!ids.insert(endpoint->id).second) {
      at.Fail("", Quoted("endpoint", endpoint->id) + " stands twice in the pool");
      continue;
    }
    endpoints.push_back(std::move(*endpoint));
  }
  return endpoints;
}

bool HasName(const Endpoint& endpoint) { return !endpoint.cname.is_root(); }
bool IsFirstFamily(const Endpoint& endpoint) {
  return HasName(endpoint) || endpoint.address.is_v4();
}

void CheckKinds(const v1::Pool& message, const std::vector<Endpoint>& endpoints,
                const Reporter& report) {
  if (message.endpoints().empty() && !message.has_registration()) {
    report.Fail("endpoints", "missing");
  }
  const auto names = std::count_if(endpoints.begin(), endpoints.end(), HasName);
  if (names > 0 && names < static_cast<std::ptrdiff_t>(endpoints.size())) {
    report.Fail("endpoints", "some have addresses and some have names");
  }
}

RegionIndex FindRegion(const v1::Pool& message, const Topology& topology, const Reporter& report) {
  if (const auto region = FindByName(topology.regions, message.region())) {
    return static_cast<RegionIndex>(*region);
  }
  report.Fail("region", message.region().empty()
                            ? "missing"
                            : Quoted("region", message.region()) + " does not exist");
  return 0;
}

void CompilePool(const v1::Pool& message, Topology& topology, Problems& problems) {
  const Reporter report(&problems, Quoted("pool", message.name()));
  CheckName(message.name(), "name", report);
  std::vector<Endpoint> endpoints;
  if (message.endpoints_size() > static_cast<int>(kMaxEndpointsInPool)) {
    report.Fail("endpoints", fmt::format("more than {}", kMaxEndpointsInPool));
  } else {
    endpoints = CompileEndpoints(message, report);
    CheckKinds(message, endpoints, report);
  }
  const auto v6 = std::stable_partition(endpoints.begin(), endpoints.end(), IsFirstFamily);
  Pool pool;
  pool.name = message.name();
  pool.label = HostLabel(message.name());
  pool.region = FindRegion(message, topology, report);
  pool.weight =
      CheckWeight(message.has_weight() ? message.weight() : kDefaultWeight, "weight", report);
  CheckHealth(message.health(), report.In("health"));
  pool.first = static_cast<EndpointIndex>(topology.endpoints.size());
  pool.v4 = static_cast<uint16_t>(v6 - endpoints.begin());
  pool.v6 = static_cast<uint16_t>(endpoints.end() - v6);
  for (Endpoint& endpoint : endpoints) {
    pool.has_ports = pool.has_ports || endpoint.port != 0;
    endpoint.pool = static_cast<PoolIndex>(topology.pools.size());
    topology.endpoints.push_back(std::move(endpoint));
  }
  topology.pools.push_back(std::move(pool));
}

}  // namespace

bool CompileTopology(const CompileInput& input, Steering& steering, Problems& problems) {
  if (input.pools.size() > kMaxPools || input.regions.size() > kMaxPools) {
    const std::string kind = input.pools.size() > kMaxPools ? "pools" : "regions";
    problems.push_back({"", 0, "", kind, fmt::format("more than {}", kMaxPools)});
    return false;
  }
  Topology& topology = steering.topology;
  const bool ranks_by_place = RanksByPlace(input);
  for (const v1::Region* region : input.regions) {
    topology.regions.push_back(CompileRegion(*region, ranks_by_place, problems));
  }
  for (const v1::Pool* pool : input.pools) CompilePool(*pool, topology, problems);
  // Where the pools without a region point, so that every index is good.
  if (topology.regions.empty() && !topology.pools.empty()) topology.regions.emplace_back();
  for (const Pool& pool : topology.pools) {
    steering.layout.pools.push_back({pool.first, pool.v4, pool.v6});
  }
  steering.layout.endpoints = static_cast<uint32_t>(topology.endpoints.size());
  return true;
}

}  // namespace waypost::steer
