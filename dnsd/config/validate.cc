#include "dnsd/config/validate.h"

#include "dnsd/base/ip.h"
#include "dnsd/config/overlay.h"
#include "dnsd/config/registrations.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/views.h"
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

/// Of a combined monitor.
void CheckMembers(const v1::Monitor& monitor, const Catalog& catalog, const Reporter& report) {
  for (int i = 0; i < monitor.combined().monitors_size(); ++i) {
    const std::string& name = monitor.combined().monitors(i);
    const std::string field = steer::Nth("monitors", static_cast<size_t>(i));
    CheckMonitorName(name, field, catalog, report);
    const v1::Monitor* member = Find(catalog.monitors, name);
    if (name.empty()) report.Fail(field, "is empty");
    if (member != nullptr && member->has_combined())
      report.Fail(field, Quoted(name) + " is combined itself");
  }
}

}  // namespace

void CheckZone(const std::string& name, const v1::Zone& zone, const Catalog& catalog,
               Problems& problems) {
  const Reporter report(&problems, "zone " + Quoted(name));
  CheckTransfers(zone, catalog, report);
  const auto origin = wire::Name::Parse(zone.origin());
  if (zone.origin().empty()) {
    report.Fail("origin", "missing");
  } else if (!origin) {
    report.Fail("origin", origin.error().message);
  } else if (origin->is_wildcard()) {
    report.Fail("origin", "a zone cannot start at a wildcard");
  }
  for (const std::string& network : zone.allow_query()) {
    if (!IpPrefix::Parse(network))
      report.Fail("allow_query", Quoted(network) + " is no network such as 192.0.2.0/24");
  }
  if (!zone.primaries().empty()) {
    if (!zone.text().empty() || !zone.file().empty()) {
      report.Fail("primaries", "stand instead of file and text: give either");
    }
    return;
  }
  if (zone.catalog() == v1::CATALOG_ROLE_PRODUCE) {
    if (!zone.text().empty() || !zone.file().empty()) {
      report.Fail("catalog", "is made of its members: give neither file nor text");
    }
    return;
  }
  if (!zone.faults().empty()) {
    if (!zone.text().empty()) report.Fail("faults", "stand instead of the text: leave them out");
    return;
  }
  if (!zone.text().empty()) return;
  report.Fail("text", zone.file().empty() ? "missing: give file, text or primaries"
                                          : Quoted(zone.file()) + " was not read into text");
}

void CheckMonitorReferences(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, monitor] : catalog.monitors) {
    CheckMembers(*monitor, catalog, Reporter(&problems, "monitor " + Quoted(name)).In("combined"));
  }
  for (const auto& [name, pool] : catalog.pools) {
    const Reporter report(&problems, "pool " + Quoted(name));
    CheckMonitorName(pool->monitor(), "monitor", catalog, report);
    for (int i = 0; i < pool->endpoints_size(); ++i) {
      const auto field = steer::Nth("endpoints", static_cast<size_t>(i)) + ".monitor";
      CheckMonitorName(pool->endpoints(i).monitor(), field, catalog, report);
    }
  }
}

namespace {

/// Rrsets and the zones' own texts say nothing about these.
void CheckTraffic(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, monitor] : catalog.monitors) CheckMonitor(*monitor, problems);
  CheckMonitorReferences(catalog, problems);
  CheckRegistrationRules(catalog, problems);
  for (const auto& [name, override] : catalog.overrides) {
    CheckOverride(*override, catalog, problems);
  }
  CheckHealth(catalog, problems);
  CheckAutomations(catalog, problems);
  CheckUsage(catalog, problems);
}

/// Whether zones that did not change may be wrong now: they name what did.
bool ConcernsAllZones(const Scope& scope) {
  return !scope.IsOnly({"region", "monitor", "pool", "network", "policy", "record", "override",
                        "zone", "rrset", "view", "automation", "signal", "webhook"});
}

void CheckZones(const Catalog& catalog, const Scope& scope, Problems& problems) {
  if (ConcernsAllZones(scope)) {
    for (const auto& [name, zone] : catalog.zones) CheckZone(name, *zone, catalog, problems);
    return;
  }
  for (const std::string& name : scope.zones) {
    const v1::Zone* zone = Find(catalog.zones, name);
    if (zone != nullptr) CheckZone(name, *zone, catalog, problems);
  }
}

}  // namespace

Problems Validate(const ResourceSet& resources, const Scope& scope) {
  Problems problems;
  const Catalog catalog = CatalogOf(resources);
  if (const auto nothing = resources.find("/"); nothing != resources.end()) {
    problems.push_back({.object = Describe(*nothing->second), .fact = "resource without a kind"});
  }
  if (!scope.IsOnly({"zone", "rrset", "key", "view", "webhook"})) CheckTraffic(catalog, problems);
  if (scope.Has("webhook")) CheckWebhooks(catalog, problems);
  if (scope.Has("key")) CheckKeys(catalog, problems);
  CheckZones(catalog, scope, problems);
  CheckViews(resources, scope, problems);
  for (const std::string& name : scope.rrsets) {
    CheckRrset(*Find(catalog.rrsets, name), problems);
  }
  return problems;
}

}  // namespace waypost::config
