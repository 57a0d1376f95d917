#include "dnsd/liveness/automation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace waypost::liveness {
namespace {

constexpr std::chrono::minutes kWindow{1};
/// Shares are sums of many small steps; less than this is nothing.
constexpr double kNothing = 1e-9;

double Percent(double share) { return std::round(share * 1000) / 10; }

std::string Counted(int64_t seconds) {
  return seconds < 600 ? fmt::format("{} s", seconds) : fmt::format("{} min", seconds / 60);
}

int64_t WholeSeconds(Steady::duration time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

}  // namespace

std::string_view BoundName(Bound bound) {
  constexpr std::string_view kNames[] = {"",          "max_shift", "min_regions",
                                         "cool_down", "headroom",  "paused"};
  return kNames[static_cast<size_t>(bound)];
}

void Automation::Prepare() {
  const auto add = [](double sum, const auto& member) { return sum + member.weight; };
  const double total = std::accumulate(spec_.members.begin(), spec_.members.end(), 0.0, add);
  for (const AutomationSpec::Member& member : spec_.members) {
    Pool pool;
    pool.member = member;
    pool.share =
        total > 0 ? member.weight / total : 1.0 / static_cast<double>(spec_.members.size());
    pools_.push_back(pool);
    regions_.insert(member.region);
  }
  std::sort(pools_.begin(), pools_.end(),
            [](const Pool& a, const Pool& b) { return a.member.pool < b.member.pool; });
}

const Automation::Pool* Automation::FindPool(uint32_t pool) const {
  const auto found = std::lower_bound(
      pools_.begin(), pools_.end(), pool,
      [](const Pool& entry, uint32_t wanted) { return entry.member.pool < wanted; });
  return found == pools_.end() || found->member.pool != pool ? nullptr : &*found;
}

Automation::Pool* Automation::FindPool(uint32_t pool) {
  return const_cast<Pool*>(std::as_const(*this).FindPool(pool));
}

void Automation::Resume(uint32_t index, double kept) {
  Pool* pool = FindPool(index);
  if (pool == nullptr || kept <= 0) return;
  pool->kept = std::min(kept, 1.0);
  pool->phase = Phase::kOn;  // so that it is lost, and leaves
}

void Automation::PoolIs(uint32_t index, Course course, Steady now) {
  Pool* pool = FindPool(index);
  if (pool == nullptr) return;
  switch (course) {
    case Course::kOn:
      pool->phase = Phase::kOn;
      pool->kept = 1;
      pool->load.reset();
      going_.erase(pool->member.region);
      return;
    case Course::kTakenOut:
      pool->phase = Phase::kOut;
      return;
    case Course::kLost:
      if (pool->phase == Phase::kUnknown) pool->phase = Phase::kOut;
      if (pool->phase != Phase::kOn) return;
      pool->phase = Phase::kLeaving;
      pool->since = now;
  }
}

bool Automation::HasOn(uint32_t region) const {
  return std::any_of(pools_.begin(), pools_.end(), [&](const Pool& pool) {
    return pool.member.region == region && pool.phase == Phase::kOn;
  });
}

bool Automation::IsInUse(uint32_t region) const {
  return std::any_of(pools_.begin(), pools_.end(), [&](const Pool& pool) {
    return pool.member.region == region &&
           (pool.phase == Phase::kOn || pool.phase == Phase::kLeaving);
  });
}

/// In use, and not on its way out.
bool Automation::IsRegionOn(uint32_t region) const {
  return HasOn(region) || (!going_.contains(region) && IsInUse(region));
}

uint32_t Automation::OthersOn(uint32_t region) const {
  return static_cast<uint32_t>(std::count_if(
      regions_.begin(), regions_.end(), [&](uint32_t r) { return r != region && IsRegionOn(r); }));
}

Automation::Room Automation::RoomFor(const Pool& pool,
                                     const std::vector<RegionLoad>& regions) const {
  Room room;
  const uint32_t own = pool.member.region;
  if (!spec_.headroom || !pool.load) return room;
  double of_region = 0;
  for (const Pool& other : pools_) of_region += other.member.region == own ? other.share : 0;
  room.needed = *pool.load * pool.kept * (of_region > 0 ? pool.share / of_region : 1);
  double free = 0;
  for (const uint32_t r : regions_) {
    if (r == own || !HasOn(r)) continue;
    if (!regions[r].load || regions[r].capacity <= 0) return room;
    free += std::max(0.0, regions[r].capacity * (1 - *spec_.headroom) - *regions[r].load);
  }
  room.free = free;
  return room;
}

Bound Automation::WhatHolds(const Pool& pool, const std::vector<RegionLoad>& regions,
                            Steady now) const {
  const uint32_t region = pool.member.region;
  if (spec_.mode == AutomationSpec::Mode::kPaused) return Bound::kPaused;
  if (!HasOn(region) && OthersOn(region) < spec_.min_regions) return Bound::kMinRegions;
  if (regions[region].name != past_.from && CoolDownLeft(now) > Steady::duration::zero()) {
    return Bound::kCoolDown;
  }
  const Room room = RoomFor(pool, regions);
  return room.free && room.needed > *room.free ? Bound::kHeadroom : Bound::kNone;
}

double Automation::Budget(Steady now) const {
  if (spec_.max_shift <= 0) return 1;
  double left = spec_.max_shift;
  for (const auto& [at, share] : past_.moved) left -= now - at < kWindow ? share : 0;
  return left > kNothing ? left : 0;
}

/// Each entry is of a pool that left or of a budget that was spent, so there are few.
void Automation::Spend(double share, Steady now) {
  std::erase_if(past_.moved, [now](const auto& entry) { return now - entry.first >= kWindow; });
  past_.moved.emplace_back(now, share);
}

void Automation::Move(Pool& pool, const std::vector<RegionLoad>& regions, Steady now) {
  if (!pool.load) pool.load = regions[pool.member.region].load;
  const bool is_lifted = spec_.mode == AutomationSpec::Mode::kLifted;
  pool.bound = is_lifted ? Bound::kNone : WhatHolds(pool, regions, now);
  if (pool.bound != Bound::kNone) return;
  const bool is_free = is_lifted || spec_.max_shift <= 0 || pool.share <= 0;
  const double taken = is_free ? pool.kept : std::min(pool.kept, Budget(now) / pool.share);
  if (taken <= 0) {
    pool.bound = Bound::kMaxShift;
    return;
  }
  if (!is_free) Spend(taken * pool.share, now);
  if (!HasOn(pool.member.region)) going_.insert(pool.member.region);
  past_.last = now;
  past_.from = regions[pool.member.region].name;
  pool.kept -= taken;
  pool.bound = pool.kept > kNothing ? Bound::kMaxShift : Bound::kNone;
  if (pool.bound == Bound::kNone) pool.phase = Phase::kOut;
}

uint8_t Automation::Shown(const Pool& pool) const {
  if (pool.phase != Phase::kLeaving) return 0;
  const double steps = std::ceil(pool.kept * kSteps - kNothing);
  return static_cast<uint8_t>(std::max(1.0, steps * kWhole / kSteps));
}

std::vector<uint32_t> Automation::Advance(const std::vector<RegionLoad>& regions, Steady now) {
  std::vector<Pool*> leaving;
  for (Pool& pool : pools_) {
    if (pool.phase == Phase::kLeaving) leaving.push_back(&pool);
  }
  std::stable_sort(leaving.begin(), leaving.end(),
                   [](const Pool* a, const Pool* b) { return a->since < b->since; });
  std::vector<uint32_t> changed;
  for (Pool* pool : leaving) {
    const uint8_t shown = Shown(*pool);
    const Bound bound = pool->bound;
    Move(*pool, regions, now);
    if (Shown(*pool) != shown || pool->bound != bound) changed.push_back(pool->member.pool);
  }
  return changed;
}

std::optional<Leaving> Automation::Find(uint32_t index) const {
  const Pool* pool = FindPool(index);
  if (pool == nullptr || pool->phase != Phase::kLeaving) return std::nullopt;
  return Leaving{index, pool->member.region, pool->bound, Shown(*pool), pool->since};
}

std::vector<Leaving> Automation::All() const {
  std::vector<Leaving> all;
  for (const Pool& pool : pools_) {
    if (const auto leaving = Find(pool.member.pool)) all.push_back(*leaving);
  }
  return all;
}

bool Automation::IsMoving() const {
  return std::any_of(pools_.begin(), pools_.end(),
                     [](const Pool& pool) { return pool.phase == Phase::kLeaving; });
}

double Automation::KeptOf(uint32_t index) const {
  const Pool* pool = FindPool(index);
  return pool != nullptr && pool->phase == Phase::kLeaving ? pool->kept : 0;
}

Steady::duration Automation::CoolDownLeft(Steady now) const {
  if (!past_.last) return Steady::duration::zero();
  return std::max(Steady::duration::zero(), *past_.last + spec_.cool_down - now);
}

uint32_t Automation::RegionCount() const { return static_cast<uint32_t>(regions_.size()); }

uint32_t Automation::RegionsInUse() const {
  return static_cast<uint32_t>(
      std::count_if(regions_.begin(), regions_.end(), [&](uint32_t r) { return IsInUse(r); }));
}

std::vector<std::string> Automation::UnknownLoads(const std::vector<RegionLoad>& regions) const {
  std::vector<std::string> unknown;
  if (!spec_.headroom) return unknown;
  for (const uint32_t r : regions_) {
    const bool is_known = regions[r].load && regions[r].capacity > 0;
    if (IsInUse(r) && !is_known) unknown.push_back(regions[r].name);
  }
  return unknown;
}

std::string Automation::Why(uint32_t index, const std::vector<RegionLoad>& regions,
                            Steady now) const {
  const Pool* pool = FindPool(index);
  if (pool == nullptr || pool->phase != Phase::kLeaving) return "";
  switch (pool->bound) {
    case Bound::kNone:
      return "";
    case Bound::kMaxShift:
      return fmt::format("at most {} % of the weight moves in a minute, this is {} %",
                         Percent(spec_.max_shift), Percent(pool->share));
    case Bound::kMinRegions:
      return fmt::format("{} regions must stay on, and without this one {} would",
                         spec_.min_regions, OthersOn(pool->member.region));
    case Bound::kCoolDown:
      return fmt::format("cool-down after the move away from region {}, {} left", past_.from,
                         Counted(WholeSeconds(CoolDownLeft(now))));
    case Bound::kHeadroom: {
      const Room room = RoomFor(*pool, regions);
      return fmt::format("a load of {:.6g} does not fit into the {:.6g} that other regions have",
                         room.needed, room.free.value_or(0));
    }
    case Bound::kPaused:
      return "automation is paused";
  }
  return "";
}

}  // namespace waypost::liveness
