#include "dnsd/config/validate.h"

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"
#include "dnsd/steer/reporter.h"
#include "dnsd/wire/name.h"

namespace waypost::config {
namespace {

using steer::Reporter;

void CheckMonitorName(const std::string& name, const std::string& field, const Catalog& catalog,
                      const Reporter& report) {
  if (name.empty() || Find(catalog.monitors, name) != nullptr) return;
  report.Fail(field,
              "there is no monitor " + Quoted(name) + DidYouMean(name, NamesOf(catalog.monitors)));
}

void CheckEndpoint(const v1::Endpoint& endpoint, const v1::Pool& pool, const Catalog& catalog,
                   const Reporter& report) {
  CheckMonitorName(endpoint.monitor(), "monitor", catalog, report);
  const bool is_monitored = !endpoint.monitor().empty() || !pool.monitor().empty();
  if (!endpoint.probe_address().empty() && !IpAddress::Parse(endpoint.probe_address())) {
    report.Fail("probe_address", Quoted(endpoint.probe_address()) + " is not an IP address");
  } else if (is_monitored && !endpoint.cname().empty() && endpoint.probe_address().empty()) {
    report.Fail("", "a monitored cname needs a probe_address");
  }
}

bool IsInSomeZone(wire::Name name, const Catalog& catalog) {
  name = name.Lowered();
  while (Find(catalog.zones, name.ToString()) == nullptr) {
    if (name.is_root()) return false;
    name = name.Parent();
  }
  return true;
}

void CheckZone(const v1::Zone& zone, const Reporter& report) {
  const auto origin = wire::Name::Parse(zone.origin());
  if (zone.origin().empty()) {
    report.Fail("origin", "missing");
  } else if (!origin) {
    report.Fail("origin", origin.error().message);
  } else if (origin->is_wildcard()) {
    report.Fail("origin", "a zone cannot start at a wildcard");
  }
  if (!zone.text().empty()) return;
  report.Fail("text", zone.file().empty() ? "missing: give file or text"
                                          : Quoted(zone.file()) + " was not read into text");
}

}  // namespace

void CheckMonitorReferences(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, pool] : catalog.pools) {
    const Reporter report(&problems, "pool " + Quoted(name));
    CheckMonitorName(pool->monitor(), "monitor", catalog, report);
    for (int i = 0; i < pool->endpoints_size(); ++i) {
      const auto field = steer::Nth("endpoints", static_cast<size_t>(i));
      CheckEndpoint(pool->endpoints(i), *pool, catalog, report.In(field));
    }
  }
}

void CheckZones(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, zone] : catalog.zones) {
    CheckZone(*zone, Reporter(&problems, "zone " + Quoted(name)));
  }
  for (const auto& [name, record] : catalog.records) {
    const auto owner = wire::Name::Parse(record->name());
    if (!owner || IsInSomeZone(*owner, catalog)) continue;
    Reporter(&problems, "record " + Quoted(name)).Fail("name", "lies in none of the zones");
  }
}

Problems Validate(const ResourceSet& resources) {
  Problems problems;
  const Catalog catalog = CatalogOf(resources);
  for (const auto& [id, resource] : resources) {
    if (resource->kind_case() == v1::Resource::KIND_NOT_SET) {
      problems.push_back({.object = Describe(*resource), .fact = "resource without a kind"});
    }
  }
  for (const auto& [name, monitor] : catalog.monitors) CheckMonitor(*monitor, problems);
  CheckMonitorReferences(catalog, problems);
  CheckZones(catalog, problems);
  for (const auto& [name, override] : catalog.overrides) {
    CheckOverride(*override, catalog, problems);
  }
  CheckUsage(catalog, problems);
  return problems;
}

}  // namespace waypost::config
