#include <fmt/format.h>

#include <map>
#include <set>

#include "dnsd/config/layout_pools.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/config/validate_names.h"
#include "dnsd/steer/checks.h"

namespace waypost::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using steer::Nth;
using steer::Reporter;

constexpr steer::DurationRange kCoolDown = {seconds(0), hours(24), "0s to 1d"};
constexpr uint32_t kMaxRegions = 1000;

void CheckBounds(const v1::Automation& automation, const Reporter& report) {
  steer::CheckName(automation.name(), "name", report);
  if (automation.max_shift() > 100) report.Fail("max_shift", "is above 100");
  if (automation.min_regions() > kMaxRegions) report.Fail("min_regions", "is above 1000");
  if (automation.headroom() > 99) report.Fail("headroom", "is above 99");
  if (automation.has_cool_down()) {
    steer::CheckDuration(automation.cool_down(), kCoolDown, "cool_down", report);
  }
  const bool has_bound = automation.max_shift() > 0 || automation.min_regions() > 0 ||
                         automation.has_cool_down() || automation.has_headroom();
  if (!has_bound) report.Warn("", "bounds nothing until an operator pauses it");
}

/// It would hold back everything, always.
void CheckRegionCount(const v1::Automation& automation, const std::set<std::string>& pools,
                      const Catalog& catalog, const Reporter& report) {
  std::set<std::string> regions;
  for (const std::string& pool : pools) regions.insert(catalog.pools.Find(pool)->region());
  if (automation.min_regions() <= regions.size()) return;
  report.Fail("min_regions", fmt::format("{} is more than the {} regions of the covered pools",
                                         automation.min_regions(), regions.size()));
}

}  // namespace

void CheckAutomations(const Catalog& catalog, Problems& problems) {
  std::map<std::string, std::string> covered;  // pool -> by which
  for (const auto& [name, automation] : catalog.automations) {
    const Reporter report(&problems, "automation " + Quoted(name));
    CheckBounds(*automation, report);
    CheckNames(automation->pools(), catalog.pools, "pool", report);
    CheckNames(automation->regions(), catalog.regions, "region", report);
    const std::set<std::string> pools = PoolsCovered(*automation, catalog);
    CheckRegionCount(*automation, pools, catalog, report);
    for (const std::string& pool : pools) {
      const auto [other, is_first] = covered.emplace(pool, name);
      if (is_first) continue;
      report.Fail("", fmt::format("pool \"{}\" is covered by automation \"{}\" as well", pool,
                                  other->second));
    }
  }
}

}  // namespace waypost::config
