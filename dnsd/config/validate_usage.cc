#include "dnsd/config/scalar.h"
#include "dnsd/config/scope.h"
#include "dnsd/config/validate.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {
namespace {

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

void AddNeeds(const v1::Needs& needs, Names& pools, Names& signals) {
  pools.insert(needs.pools().begin(), needs.pools().end());
  signals.insert(needs.signals().begin(), needs.signals().end());
}

/// What calculated health names.
void AddNeeded(const Catalog& catalog, Names& pools, Names& signals) {
  for (const auto& [name, pool] : catalog.pools) {
    AddNeeds(pool->health().needs(), pools, signals);
    for (const v1::Endpoint& endpoint : pool->endpoints()) signals.insert(endpoint.signal());
  }
  for (const auto& [name, region] : catalog.regions) {
    AddNeeds(region->health().needs(), pools, signals);
  }
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
  Names pools = UsedPools(catalog), signals;
  AddNeeded(catalog, pools, signals);
  WarnUnused(catalog.pools, pools, "pool", "no record uses it", problems);
  WarnUnused(catalog.signals, signals, "signal", "nothing needs it", problems);
  WarnUnused(catalog.policies, UsedPolicies(catalog), "policy", "no record uses it", problems);
  WarnUnused(catalog.monitors, UsedMonitors(catalog), "monitor", "no pool uses it", problems);
}

}  // namespace waypost::config
