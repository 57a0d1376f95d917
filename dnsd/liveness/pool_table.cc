#include "dnsd/liveness/pool_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dnsd/liveness/reason.h"
#include "dnsd/liveness/standing.h"

namespace waypost::liveness {
namespace {

/// Endpoints that went down within this time before their pool was lost went with it. Those that
/// were down before are not answered while the pool is held.
constexpr auto kOneEvent = std::chrono::minutes(1);

constexpr StandingSet kByOperator = Bit(Standing::kDrained) | Bit(Standing::kForcedDown);

StandingSet Union(const std::vector<EndpointWord>& words) {
  StandingSet all = 0;
  for (const EndpointWord& word : words) all |= Bit(word.standing);
  return all;
}

bool IsUsable(const std::vector<EndpointWord>& words) { return !IsDown(PoolWord{Union(words)}); }

Course CourseOf(const std::vector<EndpointWord>& words) {
  if (IsUsable(words)) return Course::kOn;
  return (Union(words) & ~kByOperator) == 0 ? Course::kTakenOut : Course::kLost;
}

bool IsLost(const Endpoint& endpoint, Standing standing, Steady pool_lost) {
  if (standing == Standing::kShort) return true;
  return (Bit(standing) & kDownByEvidence) != 0 && pool_lost - endpoint.fell_at <= kOneEvent;
}

void AddPool(uint32_t pool, std::vector<uint32_t>& pools) {
  if (std::find(pools.begin(), pools.end(), pool) == pools.end()) pools.push_back(pool);
}

uint32_t PercentOf(uint8_t ramp) { return std::max(1U, ramp * 100U / Automation::kWhole); }

}  // namespace

PoolTable::Memory PoolTable::Remember() const {
  Memory memory;
  for (const Automation& automation : automations_) {
    for (const Leaving& leaving : automation.All()) {
      memory.kept[pools_[leaving.pool].name] = automation.KeptOf(leaving.pool);
    }
    if (automation.past().last) memory.moves[automation.spec().name] = automation.past();
  }
  for (const RegionLoad& region : loads_) {
    if (region.load) memory.loads[region.name] = {*region.load, load_ends_.at(region.name)};
  }
  return memory;
}

void PoolTable::Configure(const Layout& layout, std::vector<BoardLayout::Pool> shapes) {
  std::map<std::string, uint32_t> former_pools;
  for (uint32_t i = 0; i < pools_.size(); ++i) former_pools[pools_[i].name] = i;
  pools_ = layout.pools;
  shapes_ = std::move(shapes);
  std::vector<CalculatedHealth::PoolRule> rules;
  for (const PoolSpec& pool : pools_) rules.push_back({pool.name, pool.region, pool.needs});
  std::vector<std::string> signals;
  for (const SignalSpec& signal : layout.signals) signals.push_back(signal.name);
  calculated_.Configure(std::move(rules), layout.regions, std::move(signals));
  region_up_.clear();
  ConfigureLoads(layout.regions);
  ConfigureAutomations(layout.automations, former_pools);
}

void PoolTable::ConfigureLoads(const std::vector<RegionSpec>& regions) {
  const std::vector<RegionLoad> former = std::exchange(loads_, {});
  for (const RegionSpec& region : regions) {
    loads_.push_back({region.name, region.capacity, std::nullopt});
    for (const RegionLoad& before : former) {
      if (before.name == region.name) loads_.back().load = before.load;
    }
  }
  for (const auto& [region, told] : std::exchange(restored_.loads, {})) {
    SetLoad(region, told.load, told.until);
  }
}

void PoolTable::ConfigureAutomations(const std::vector<AutomationSpec>& specs,
                                     const std::map<std::string, uint32_t>& former_pools) {
  const std::vector<Automation> former = std::exchange(automations_, {});
  automation_of_.assign(pools_.size(), kFree);
  for (const AutomationSpec& spec : specs) {
    for (const auto& member : spec.members) {
      automation_of_[member.pool] = static_cast<int32_t>(automations_.size());
    }
    Automation& automation = automations_.emplace_back(spec);
    for (const Automation& before : former) {
      if (before.spec().name != spec.name) continue;
      automation.TakeOver(before, [&](uint32_t pool) -> std::optional<uint32_t> {
        const auto found = former_pools.find(pools_[pool].name);
        if (found == former_pools.end()) return std::nullopt;
        return found->second;
      });
    }
    Resume(automation);
  }
}

/// Goes on where a former life ended.
void PoolTable::Resume(Automation& automation) {
  for (const auto& member : automation.spec().members) {
    const auto kept = restored_.kept.extract(pools_[member.pool].name);
    if (kept) automation.Resume(member.pool, kept.mapped());
  }
  const auto past = restored_.moves.extract(automation.spec().name);
  if (past) automation.Resume(std::move(past.mapped()));
}

bool PoolTable::SetLoad(const std::string& region, double load, Steady until) {
  for (RegionLoad& known : loads_) {
    if (known.name != region) continue;
    known.load = load;
    load_ends_[region] = until;
    return true;
  }
  return false;
}

const std::vector<RegionLoad>& PoolTable::RegionLoads(Steady now) {
  for (RegionLoad& region : loads_) {
    const auto end = load_ends_.find(region.name);
    if (end != load_ends_.end() && end->second <= now) region.load.reset();
  }
  return loads_;
}

/// By the pool's own rule.
std::vector<EndpointWord> PoolTable::OwnWords(uint32_t pool, const EndpointTable& endpoints) const {
  const BoardLayout::Pool& shape = shapes_[pool];
  std::vector<EndpointWord> words;
  std::vector<uint16_t> weights;
  for (uint32_t i = shape.first; i < shape.first + shape.v4 + shape.v6; ++i) {
    words.push_back(endpoints[i].own);
    weights.push_back(endpoints[i].spec.weight);
  }
  ApplyPoolHealth(pools_[pool].health, weights, words);
  return words;
}

/// As without automation.
std::vector<EndpointWord> PoolTable::Unbound(uint32_t pool, const EndpointTable& endpoints) const {
  std::vector<EndpointWord> words = OwnWords(pool, endpoints);
  if (calculated_.IsTakenOut(pool)) TakeOut(words);
  return words;
}

std::vector<EndpointWord> PoolTable::WordsOf(uint32_t pool, const EndpointTable& endpoints) const {
  std::vector<EndpointWord> words = Unbound(pool, endpoints);
  if (automation_of_[pool] == kFree) return words;
  const auto leaving = automations_[static_cast<size_t>(automation_of_[pool])].Find(pool);
  if (!leaving) return words;
  for (uint32_t i = 0; i < words.size(); ++i) {
    const Endpoint& endpoint = endpoints[shapes_[pool].first + i];
    if (!IsLost(endpoint, words[i].standing, leaving->since)) continue;
    // Its clients go a few at a time, so what is answered may change at any moment.
    words[i] = {Standing::kHeld, leaving->kept, endpoint.spec.weight, 1};
  }
  return words;
}

uint16_t PoolTable::WeightOf(uint32_t pool, const std::vector<EndpointWord>& words) const {
  uint8_t ramp = 0;
  for (const EndpointWord& word : words) {
    if (CountsAsUp(word.standing)) ramp = std::max(ramp, word.ramp);
  }
  // A pool gets its weight back with its first endpoint that recovered, and as slowly.
  return Ramped(pools_[pool].weight, ramp == 0 ? Temper::kWhole : ramp);
}

void PoolTable::SettleCalculated(std::vector<uint32_t>& dirty, const EndpointTable& endpoints) {
  for (const uint32_t pool : dirty) calculated_.PoolIs(pool, IsUsable(OwnWords(pool, endpoints)));
  for (const uint32_t pool : calculated_.Update()) AddPool(pool, dirty);
  for (uint32_t region = 0; region < loads_.size(); ++region) {
    const auto state = calculated_.StateOf(region);
    if (!state) continue;
    const auto [told, is_new] = region_up_.emplace(region, state->up);
    if (is_new || std::exchange(told->second, state->up) == state->up) continue;
    Tell("failover", "region/" + loads_[region].name, state->up ? "up" : "down: " + state->why);
  }
}

void PoolTable::SettleAutomations(std::vector<uint32_t>& dirty, const EndpointTable& endpoints,
                                  Steady now) {
  RegionLoads(now);
  for (const uint32_t pool : dirty) {
    if (automation_of_[pool] == kFree) continue;
    automations_[static_cast<size_t>(automation_of_[pool])].PoolIs(
        pool, CourseOf(Unbound(pool, endpoints)), now);
  }
  for (Automation& automation : automations_) {
    for (const uint32_t pool : automation.Advance(loads_, now)) AddPool(pool, dirty);
    if (automation.IsMoving() || !told_.empty()) TellBounds(automation, now);
  }
}

std::vector<uint32_t> PoolTable::Settle(std::vector<uint32_t> dirty, const EndpointTable& endpoints,
                                        Steady now) {
  if (calculated_.has_rules()) SettleCalculated(dirty, endpoints);
  if (!automations_.empty()) SettleAutomations(dirty, endpoints, now);
  return dirty;
}

void PoolTable::TellBounds(const Automation& automation, Steady now) {
  for (const auto& member : automation.spec().members) {
    const std::string& name = pools_[member.pool].name;
    const auto leaving = automation.Find(member.pool);
    const std::string bound(leaving ? BoundName(leaving->bound) : "");
    const auto told = told_.find(name);
    if (bound == (told == told_.end() ? "" : told->second)) continue;
    if (bound.empty()) {
      told_.erase(told);
      Tell("automation", "pool/" + name,
           fmt::format("released by automation \"{}\"", automation.spec().name));
      continue;
    }
    told_[name] = bound;
    Tell("automation", "pool/" + name,
         fmt::format("held back by automation \"{}\" ({}): {}", automation.spec().name, bound,
                     automation.Why(member.pool, loads_, now)));
  }
}

void PoolTable::Tell(std::string kind, std::string subject, std::string text) {
  news_.push_back({std::move(kind), std::move(subject), std::move(text)});
  if (news_.size() > kMaxNews) news_.pop_front();
}

void PoolTable::PoolIsDown(uint32_t pool, bool down, const std::vector<EndpointWord>& words) {
  const std::string& name = pools_[pool].name;
  const auto [told, is_new] = down_.emplace(name, down);
  if (is_new || std::exchange(told->second, down) == down) return;
  const auto usable = std::count_if(words.begin(), words.end(), [](const EndpointWord& word) {
    return CountsAsUp(word.standing);
  });
  Tell("failover", "pool/" + name,
       down ? fmt::format("down: none of {} endpoints is used", words.size())
            : fmt::format("up: {} of {} endpoints are used", usable, words.size()));
}

std::string PoolTable::ReasonFor(uint32_t pool, Standing standing, Steady now) const {
  if (pool >= pools_.size()) return "";
  if (standing == Standing::kShort && calculated_.IsTakenOut(pool)) {
    return "; not used: " + calculated_.Why(pool);
  }
  if (standing != Standing::kHeld || automation_of_[pool] == kFree) {
    return std::string(PoolReason(standing));
  }
  const Automation& automation = automations_[static_cast<size_t>(automation_of_[pool])];
  const auto leaving = automation.Find(pool);
  if (!leaving) return "";
  const std::string why = calculated_.IsTakenOut(pool) ? "; " + calculated_.Why(pool) : "";
  return fmt::format("{}; held back by automation \"{}\", {} % still answered: {}", why,
                     automation.spec().name, PercentOf(leaving->kept),
                     automation.Why(pool, loads_, now));
}

bool PoolTable::IsMoving() const {
  return std::any_of(automations_.begin(), automations_.end(),
                     [](const Automation& automation) { return automation.IsMoving(); });
}

std::vector<AutomationReport> PoolTable::Automations(Steady now) const {
  std::vector<AutomationReport> reports;
  for (const Automation& automation : automations_) {
    AutomationReport& report = reports.emplace_back();
    report.name = automation.spec().name;
    report.mode = automation.spec().mode;
    report.budget = automation.Budget(now);
    report.cool_down_left = automation.CoolDownLeft(now);
    report.regions = automation.RegionCount();
    report.regions_in_use = automation.RegionsInUse();
    report.unknown_loads = automation.UnknownLoads(loads_);
    for (const Leaving& leaving : automation.All()) {
      report.held.push_back({pools_[leaving.pool].name, loads_[leaving.region].name,
                             PercentOf(leaving.kept), leaving.bound,
                             automation.Why(leaving.pool, loads_, now), leaving.since});
    }
  }
  return reports;
}

}  // namespace waypost::liveness
