#include "dnsd/liveness/calculated_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace waypost::liveness {
namespace {

template <typename NameOf>
void AddMissing(const std::vector<uint32_t>& wanted, const std::vector<bool>& up, const char* kind,
                NameOf name_of, std::string& text) {
  for (const uint32_t index : wanted) {
    if (up[index]) continue;
    text += fmt::format("{}{} {} is down", text.empty() ? "" : ", ", kind, name_of(index));
  }
}

}  // namespace

void CalculatedHealth::Configure(std::vector<PoolRule> pools, std::vector<RegionSpec> regions,
                                 std::vector<std::string> signals) {
  pools_ = std::move(pools);
  regions_ = std::move(regions);
  signal_names_ = std::move(signals);
  pools_of_.assign(regions_.size(), {});
  has_rules_ = std::any_of(regions_.begin(), regions_.end(),
                           [](const RegionSpec& region) { return region.has_rule(); });
  for (uint32_t i = 0; i < pools_.size(); ++i) {
    has_rules_ = has_rules_ || !pools_[i].needs.empty();
    if (pools_[i].region < regions_.size()) pools_of_[pools_[i].region].push_back(i);
  }
  usable_.assign(pools_.size(), true);
  satisfied_.assign(pools_.size(), true);
  taken_out_.assign(pools_.size(), false);
  region_up_.assign(regions_.size(), true);
  signal_up_.assign(signal_names_.size(), true);
  is_stale_ = has_rules_;
}

void CalculatedHealth::PoolIs(uint32_t pool, bool usable) {
  if (usable_[pool] != usable) is_stale_ = has_rules_;
  usable_[pool] = usable;
}

void CalculatedHealth::SignalIs(uint32_t signal, bool up) {
  if (signal_up_[signal] != up) is_stale_ = has_rules_;
  signal_up_[signal] = up;
}

uint32_t CalculatedHealth::CountUp(const Needs& needs) const {
  uint32_t up = 0;
  for (const uint32_t pool : needs.pools) up += satisfied_[pool] ? 1 : 0;
  for (const uint32_t region : needs.regions) up += region_up_[region] ? 1 : 0;
  for (const uint32_t signal : needs.signals) up += signal_up_[signal] ? 1 : 0;
  return up;
}

uint32_t CalculatedHealth::PoolsUp(uint32_t region) const {
  const auto& own = pools_of_[region];
  return static_cast<uint32_t>(
      std::count_if(own.begin(), own.end(), [&](uint32_t pool) { return satisfied_[pool]; }));
}

/// One pass; true: something changed, so what depends on it may change too.
bool CalculatedHealth::Recalculate() {
  bool changed = false;
  const auto set = [&](std::vector<bool>& states, uint32_t index, bool up) {
    changed = changed || states[index] != up;
    states[index] = up;
  };
  for (uint32_t p = 0; p < pools_.size(); ++p) {
    set(satisfied_, p, usable_[p] && IsMet(pools_[p].needs));
  }
  for (uint32_t r = 0; r < regions_.size(); ++r) {
    set(region_up_, r, PoolsUp(r) >= regions_[r].min_pools_up && IsMet(regions_[r].needs));
  }
  return changed;
}

std::vector<uint32_t> CalculatedHealth::Update() {
  std::vector<uint32_t> turned;
  if (!std::exchange(is_stale_, false)) return turned;
  // Without cycles each pass settles at least one more of them.
  for (size_t left = pools_.size() + regions_.size() + 1; left > 0 && Recalculate();) --left;
  for (uint32_t p = 0; p < pools_.size(); ++p) {
    const uint32_t region = pools_[p].region;
    const bool region_down = region < regions_.size() && !region_up_[region];
    const bool out = !IsMet(pools_[p].needs) || region_down;
    if (out != taken_out_[p]) turned.push_back(p);
    taken_out_[p] = out;
  }
  return turned;
}

std::string CalculatedHealth::Lack(const Needs& needs) const {
  std::string missing;
  AddMissing(
      needs.pools, satisfied_, "pool", [&](uint32_t i) { return pools_[i].name; }, missing);
  AddMissing(
      needs.regions, region_up_, "region", [&](uint32_t i) { return regions_[i].name; }, missing);
  AddMissing(
      needs.signals, signal_up_, "signal", [&](uint32_t i) { return signal_names_[i]; }, missing);
  const size_t all = needs.pools.size() + needs.regions.size() + needs.signals.size();
  if (needs.at_least == all) return "needs all: " + missing;
  return fmt::format("needs {} of {}: {}", needs.at_least, all, missing);
}

std::string CalculatedHealth::Why(uint32_t pool) const {
  if (!IsTakenOut(pool)) return "";
  if (!IsMet(pools_[pool].needs)) return Lack(pools_[pool].needs);
  const uint32_t region = pools_[pool].region;
  return fmt::format("region {} is down: {}", regions_[region].name, StateOf(region)->why);
}

std::optional<CalculatedHealth::State> CalculatedHealth::StateOf(uint32_t region) const {
  if (region >= regions_.size() || !regions_[region].has_rule()) return std::nullopt;
  if (region_up_[region]) return State{};
  const RegionSpec& spec = regions_[region];
  const uint32_t up = PoolsUp(region);
  if (up >= spec.min_pools_up) return State{false, Lack(spec.needs)};
  return State{false, fmt::format("{} of {} pools up, {} wanted", up, pools_of_[region].size(),
                                  spec.min_pools_up)};
}

}  // namespace waypost::liveness
