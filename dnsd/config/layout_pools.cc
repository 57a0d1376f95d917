#include "dnsd/config/layout_pools.h"

#include <google/protobuf/util/time_util.h>

#include "dnsd/steer/checks.h"

namespace waypost::config {
namespace {

using google::protobuf::util::TimeUtil;

constexpr double kPercent = 100;

std::set<std::string> AnswerablePools(const Catalog& catalog) {
  std::set<std::string> pools;
  for (const auto& [name, record] : catalog.records) {
    pools.insert(record->pools().begin(), record->pools().end());
  }
  for (const auto& [name, policy] : catalog.policies) pools.insert(policy->last_resort());
  return pools;
}

class Compiler {
 public:
  Compiler(const Built& built, liveness::Layout& layout)
      : topology_(built.steering->topology),
        catalog_(CatalogOf(built.resources)),
        layout_(layout),
        signals_(SignalIndices(catalog_)) {}

  void AddSignals() {
    for (const auto& [name, signal] : catalog_.signals) {
      layout_.signals.push_back({name, ExpiryOf(*signal)});
    }
  }

  void AddRegions() {
    for (const steer::Region& region : topology_.regions) {
      const v1::Region* declared = catalog_.regions.Find(region.name);
      liveness::RegionSpec& spec = layout_.regions.emplace_back();
      spec.name = region.name;
      if (declared == nullptr) continue;
      spec.capacity = declared->capacity();
      spec.min_pools_up = declared->health().min_pools_up();
      spec.needs = NeedsOf(declared->health().needs());
    }
  }

  void AddNeeds() {
    for (size_t i = 0; i < topology_.pools.size(); ++i) {
      const steer::Pool& pool = topology_.pools[i];
      layout_.pools[i].region = pool.region;
      const v1::Pool* declared = catalog_.pools.Find(pool.name);
      if (declared != nullptr) layout_.pools[i].needs = NeedsOf(declared->health().needs());
    }
  }

  liveness::AutomationSpec SpecOf(const v1::Automation& automation, v1::AutomationMode mode) const {
    using Mode = liveness::AutomationSpec::Mode;
    liveness::AutomationSpec spec;
    spec.name = automation.name();
    for (const std::string& name : PoolsCovered(automation, catalog_)) {
      const auto index = steer::FindByName(topology_.pools, name);
      if (!index) continue;
      const steer::Pool& pool = topology_.pools[*index];
      spec.members.push_back(
          {static_cast<uint32_t>(*index), pool.region, static_cast<double>(pool.weight)});
    }
    spec.max_shift = automation.max_shift() / kPercent;
    spec.min_regions = automation.min_regions();
    spec.cool_down =
        std::chrono::milliseconds(TimeUtil::DurationToMilliseconds(automation.cool_down()));
    if (automation.has_headroom()) spec.headroom = automation.headroom() / kPercent;
    if (mode == v1::AUTOMATION_MODE_LIFTED) spec.mode = Mode::kLifted;
    if (mode == v1::AUTOMATION_MODE_PAUSED) spec.mode = Mode::kPaused;
    return spec;
  }

  const Catalog& catalog() const { return catalog_; }

 private:
  static liveness::SignalSpec::Expiry ExpiryOf(const v1::Signal& signal) {
    using Expiry = liveness::SignalSpec::Expiry;
    if (signal.on_expiry() == v1::SIGNAL_EXPIRY_UP) return Expiry::kUp;
    return signal.on_expiry() == v1::SIGNAL_EXPIRY_DOWN ? Expiry::kDown : Expiry::kUnknown;
  }

  liveness::Needs NeedsOf(const v1::Needs& needs) const {
    liveness::Needs compiled;
    for (const std::string& name : needs.pools()) {
      if (const auto index = steer::FindByName(topology_.pools, name)) {
        compiled.pools.push_back(static_cast<uint32_t>(*index));
      }
    }
    for (const std::string& name : needs.regions()) {
      if (const auto index = steer::FindByName(topology_.regions, name)) {
        compiled.regions.push_back(static_cast<uint32_t>(*index));
      }
    }
    for (const std::string& name : needs.signals()) compiled.signals.push_back(signals_.at(name));
    const size_t all = compiled.pools.size() + compiled.regions.size() + compiled.signals.size();
    compiled.at_least = needs.at_least() > 0 ? needs.at_least() : static_cast<uint32_t>(all);
    return compiled;
  }

  const steer::Topology& topology_;
  const Catalog catalog_;
  liveness::Layout& layout_;
  const std::map<std::string, uint32_t> signals_;
};

}  // namespace

std::set<std::string> PoolsCovered(const v1::Automation& automation, const Catalog& catalog) {
  const bool is_for_all = automation.pools().empty() && automation.regions().empty();
  std::set<std::string> wanted =
      is_for_all ? AnswerablePools(catalog)
                 : std::set<std::string>(automation.pools().begin(), automation.pools().end());
  const std::set<std::string> regions(automation.regions().begin(), automation.regions().end());
  std::set<std::string> covered;
  for (const auto& [name, pool] : catalog.pools) {
    if (wanted.contains(name) || regions.contains(pool->region())) covered.insert(name);
  }
  return covered;
}

std::map<std::string, uint32_t> SignalIndices(const Catalog& catalog) {
  std::map<std::string, uint32_t> indices;
  for (const auto& [name, signal] : catalog.signals) {
    const auto next = static_cast<uint32_t>(indices.size());
    indices[name] = next;
  }
  return indices;
}

void AddPoolRules(const Built& built,
                  const std::function<v1::AutomationMode(const std::string& name)>& mode,
                  liveness::Layout& layout) {
  Compiler compiler(built, layout);
  compiler.AddSignals();
  compiler.AddRegions();
  compiler.AddNeeds();
  for (const auto& [name, automation] : compiler.catalog().automations) {
    layout.automations.push_back(compiler.SpecOf(*automation, mode(name)));
  }
}

}  // namespace waypost::config
