#include <algorithm>

#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {
namespace {

using steer::Reporter;

template <typename T>
void CheckExists(const ByName<T>& list, const std::string& kind, const std::string& name,
                 const Reporter& report) {
  if (Find(list, name) != nullptr) return;
  report.Fail("target",
              "there is no " + kind + " " + Quoted(name) + DidYouMean(name, NamesOf(list)));
}

void CheckEndpointExists(const Target& target, const Catalog& catalog, const Reporter& report) {
  const v1::Pool* pool = Find(catalog.pools, target.name);
  if (pool == nullptr) return CheckExists(catalog.pools, "pool", target.name, report);
  if (pool->has_registration()) return;  // endpoints come and go
  const auto is_meant = [&](const v1::Endpoint& e) { return EndpointKey(e) == target.endpoint; };
  if (std::none_of(pool->endpoints().begin(), pool->endpoints().end(), is_meant)) {
    report.Fail("target",
                "pool " + Quoted(target.name) + " has no endpoint " + Quoted(target.endpoint));
  }
}

void CheckTargetExists(const Target& target, const Catalog& catalog, const Reporter& report) {
  switch (target.kind) {
    case Target::Kind::kRegion:
      return CheckExists(catalog.regions, "region", target.name, report);
    case Target::Kind::kPool:
      return CheckExists(catalog.pools, "pool", target.name, report);
    case Target::Kind::kEndpoint:
      return CheckEndpointExists(target, catalog, report);
    case Target::Kind::kRecord:
      return CheckExists(catalog.records, "record", target.name, report);
    case Target::Kind::kAutomation:
      return CheckExists(catalog.automations, "automation", target.name, report);
  }
}

void CheckPin(const v1::Override& override, const Target& target, const Catalog& catalog,
              const Reporter& report) {
  const v1::Record* record = Find(catalog.records, target.name);
  if (record == nullptr) return;
  const auto& pools = record->pools();
  if (std::find(pools.begin(), pools.end(), override.failover_to()) != pools.end()) return;
  report.Fail("failover_to", Quoted(override.failover_to()) + " is not among the pools of record " +
                                 Quoted(target.name));
}

void CheckAction(const v1::Override& override, const Target& target, const Catalog& catalog,
                 const Reporter& report) {
  const bool is_record = target.kind == Target::Kind::kRecord;
  const bool is_automation = target.kind == Target::Kind::kAutomation;
  if (is_automation != override.has_automation()) {
    return report.Fail("", is_automation ? "automations take automation: lifted or paused"
                                         : "automation: is for automations only");
  }
  switch (override.action_case()) {
    case v1::Override::kDrain:
      if (is_record) report.Fail("drain", "is not for records; they take failover_to");
      if (!override.drain())
        report.Fail("drain", "can only be true; delete the override to end it");
      return;
    case v1::Override::kForce:
      if (is_record) report.Fail("force", "is not for records; they take failover_to");
      if (override.force() != v1::FORCED_STATE_UP && override.force() != v1::FORCED_STATE_DOWN) {
        report.Fail("force", "is neither up nor down");
      }
      return;
    case v1::Override::kFailoverTo:
      if (!is_record) return report.Fail("failover_to", "is for records only");
      return CheckPin(override, target, catalog, report);
    case v1::Override::kAutomation:
      if (override.automation() != v1::AUTOMATION_MODE_LIFTED &&
          override.automation() != v1::AUTOMATION_MODE_PAUSED) {
        report.Fail("automation", "is neither lifted nor paused");
      }
      if (override.reason().find_first_not_of(" \t\n") == std::string::npos)
        report.Fail("reason", "missing: say why");
      return;
    case v1::Override::ACTION_NOT_SET:
      return report.Fail("", "does nothing: give drain, force or failover_to");
  }
}

}  // namespace

void CheckOverride(const v1::Override& override, const Catalog& catalog, Problems& problems) {
  const Reporter report(&problems, "override " + Quoted(override.target()));
  if (override.has_until() && !IsValid(override.until())) {
    report.Fail("until", "is not a time");
  }
  const auto target = ParseTarget(override.target());
  if (!target) {
    return report.Fail("target",
                       "is none of region/NAME, pool/NAME, endpoint/POOL/ADDRESS, record/NAME, "
                       "automation/NAME");
  }
  CheckTargetExists(*target, catalog, report);
  CheckAction(override, *target, catalog, report);
}

}  // namespace waypost::config
