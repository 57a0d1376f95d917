#include <fmt/format.h>

#include <set>

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

constexpr steer::DurationRange kLease = {seconds(1), hours(24 * 7), "1s to 7d"};
constexpr size_t kMaxNeeds = 64;
constexpr uint32_t kMaxPools = 4096;

void CheckNeeds(const v1::Needs& needs, const Catalog& catalog, const Reporter& report) {
  CheckNames(needs.pools(), catalog.pools, "pool", report);
  CheckNames(needs.regions(), catalog.regions, "region", report);
  CheckNames(needs.signals(), catalog.signals, "signal", report);
  const auto count =
      static_cast<size_t>(needs.pools_size() + needs.regions_size() + needs.signals_size());
  if (count == 0) report.Fail("", "names no pools, regions or signals");
  if (count > kMaxNeeds) report.Fail("", fmt::format("names {}, more than 64", count));
  if (needs.at_least() > count) {
    report.Fail("at_least",
                fmt::format("{} is more than the {} that are named", needs.at_least(), count));
  }
}

void CheckPool(const std::string& name, const v1::Pool& pool, const Catalog& catalog,
               Problems& problems) {
  const Reporter report(&problems, "pool " + Quoted(name));
  if (pool.health().has_needs()) {
    CheckNeeds(pool.health().needs(), catalog, report.In("health").In("needs"));
  }
  for (int i = 0; i < pool.endpoints_size(); ++i) {
    const std::string& signal = pool.endpoints(i).signal();
    if (signal.empty() || Find(catalog.signals, signal) != nullptr) continue;
    report.In(Nth("endpoints", static_cast<size_t>(i)))
        .Fail("signal", "there is no signal " + Quoted(signal) +
                            DidYouMean(signal, NamesOf(catalog.signals)));
  }
}

void CheckRegion(const std::string& name, const v1::Region& region, const Catalog& catalog,
                 Problems& problems) {
  const Reporter report = Reporter(&problems, "region " + Quoted(name)).In("health");
  if (region.health().min_pools_up() > kMaxPools) report.Fail("min_pools_up", "is above 4096");
  if (region.health().has_needs()) {
    CheckNeeds(region.health().needs(), catalog, report.In("needs"));
  }
}

/// Finds what needs itself, by way of others. Regions are made of their pools.
class CycleFinder {
 public:
  CycleFinder(const Catalog& catalog, Problems& problems) : catalog_(catalog), problems_(problems) {
    for (const auto& [name, pool] : catalog.pools) pools_of_[pool->region()].push_back(name);
  }

  void Run() {
    for (const auto& [name, pool] : catalog_.pools) VisitPool(name);
    for (const auto& [name, region] : catalog_.regions) VisitRegion(name);
  }

 private:
  void VisitPool(const std::string& name) {
    const v1::Pool* pool = Find(catalog_.pools, name);
    if (pool == nullptr || !Enter("pool", name)) return;
    VisitNeeds(pool->health().needs());
    path_.pop_back();
  }

  void VisitRegion(const std::string& name) {
    const v1::Region* region = Find(catalog_.regions, name);
    if (region == nullptr || !region->has_health() || !Enter("region", name)) return;
    if (region->health().min_pools_up() > 0) {
      for (const std::string& pool : pools_of_[name]) VisitPool(pool);
    }
    VisitNeeds(region->health().needs());
    path_.pop_back();
  }

  void VisitNeeds(const v1::Needs& needs) {
    for (const std::string& pool : needs.pools()) VisitPool(pool);
    for (const std::string& region : needs.regions()) VisitRegion(region);
  }

  /// False: it was visited before, or stands on the path already, which is told.
  bool Enter(const std::string& kind, const std::string& name) {
    const std::string text = kind + " " + Quoted(name);
    std::string cycle;
    for (const std::string& step : path_) {
      if (!cycle.empty() || step == text) cycle += step + " needs ";
    }
    if (!cycle.empty()) {
      Reporter(&problems_, text).In("health").Fail("", "a cycle: " + cycle + text);
      return false;
    }
    if (!visited_.insert(text).second) return false;
    path_.push_back(text);
    return true;
  }

  const Catalog& catalog_;
  Problems& problems_;
  std::map<std::string, std::vector<std::string>> pools_of_;
  std::vector<std::string> path_;
  std::set<std::string> visited_;
};

void CheckSignal(const v1::Signal& signal, const Reporter& report) {
  steer::CheckName(signal.name(), "name", report);
  if (signal.has_lease()) steer::CheckDuration(signal.lease(), kLease, "lease", report);
  if (!v1::SignalExpiry_IsValid(signal.on_expiry())) report.Fail("on_expiry", "is not known");
}

}  // namespace

void CheckHealth(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, signal] : catalog.signals) {
    CheckSignal(*signal, Reporter(&problems, "signal " + Quoted(name)));
  }
  for (const auto& [name, pool] : catalog.pools) CheckPool(name, *pool, catalog, problems);
  for (const auto& [name, region] : catalog.regions) {
    CheckRegion(name, *region, catalog, problems);
  }
  CycleFinder(catalog, problems).Run();
}

}  // namespace waypost::config
