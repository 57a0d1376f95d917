#include <set>

#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {
namespace {

using Names = std::set<std::string>;

template <typename T>
void WarnUnused(const ByName<T>& list, const Names& used, const std::string& kind,
                const std::string& fact, Problems& problems) {
  for (const auto& [name, item] : list) {
    if (used.count(name) != 0) continue;
    steer::Reporter(&problems, kind + " " + Quoted(name)).Warn("", fact);
  }
}

Names UsedPools(const Catalog& catalog) {
  Names used;
  for (const auto& [name, record] : catalog.records) {
    used.insert(record->pools().begin(), record->pools().end());
  }
  for (const auto& [name, policy] : catalog.policies) used.insert(policy->last_resort());
  return used;
}

Names UsedPolicies(const Catalog& catalog) {
  Names used;
  for (const auto& [name, record] : catalog.records) used.insert(record->policy());
  for (const auto& [name, policy] : catalog.policies) {
    for (const v1::Step& step : policy->steps()) used.insert(step.policy());
  }
  return used;
}

Names UsedMonitors(const Catalog& catalog) {
  Names used;
  for (const auto& [name, pool] : catalog.pools) {
    used.insert(pool->monitor());
    for (const v1::Endpoint& endpoint : pool->endpoints()) used.insert(endpoint.monitor());
  }
  for (const auto& [name, monitor] : catalog.monitors) {
    used.insert(monitor->combined().monitors().begin(), monitor->combined().monitors().end());
  }
  return used;
}

}  // namespace

void CheckUsage(const Catalog& catalog, Problems& problems) {
  WarnUnused(catalog.pools, UsedPools(catalog), "pool", "no record uses it", problems);
  WarnUnused(catalog.policies, UsedPolicies(catalog), "policy", "no record uses it", problems);
  WarnUnused(catalog.monitors, UsedMonitors(catalog), "monitor", "no pool uses it", problems);
}

}  // namespace waypost::config
