#include "dnsd/liveness/holds.h"

#include <algorithm>

namespace waypost::liveness {
namespace {

using std::chrono::seconds;

/// A remembered time beyond this is as good as this; keeps sums far from overflow.
constexpr seconds kLongest = std::chrono::hours(24 * 365);

}  // namespace

Holds::Memory Holds::Remember(Steady now) const {
  Memory memory;
  for (const uint32_t index : active_) {
    const Hold& hold = holds_[index];
    const auto up_for = hold.pool_up ? now - hold.up_since : Steady::duration::zero();
    memory[hold.spec.id] = std::chrono::duration_cast<seconds>(up_for).count();
  }
  return memory;
}

std::map<std::string, Holds::Hold> Holds::TakeFormer() {
  std::map<std::string, Hold> former;
  for (Hold& hold : holds_) former.emplace(hold.spec.id, std::move(hold));
  return former;
}

void Holds::Configure(std::vector<HoldSpec> specs, size_t pools, Board& board, Steady now) {
  const std::map<std::string, Hold> former = TakeFormer();
  board_ = &board;
  holds_.assign(specs.size(), {});
  by_pool_.assign(pools, {});
  active_.clear();
  for (uint32_t i = 0; i < specs.size(); ++i) {
    if (const auto found = former.find(specs[i].id); found != former.end()) {
      holds_[i] = found->second;
    } else if (const auto seen = restored_.find(specs[i].id); seen != restored_.end()) {
      holds_[i].active = true;
      holds_[i].up_since = now - std::clamp(seconds(seen->second), seconds(0), kLongest);
      restored_.erase(seen);
    }
    by_pool_[specs[i].pool].push_back(i);
    holds_[i].spec = std::move(specs[i]);
    Set(i, holds_[i].active);
  }
}

void Holds::Set(uint32_t index, bool active) {
  holds_[index].active = active;
  if (active) {
    active_.insert(index);
  } else {
    active_.erase(index);
  }
  board_->SetHold(index, active);
}

bool Holds::PoolIs(uint32_t pool, bool up, Steady now) {
  bool changed = false;
  for (const uint32_t index : by_pool_[pool]) {
    Hold& hold = holds_[index];
    if (up && !hold.pool_up) hold.up_since = now;
    if (!up && !hold.active) {
      Set(index, true);
      changed = true;
    }
    hold.pool_up = up;
  }
  return changed;
}

bool Holds::Tick(Steady now) {
  const std::set<uint32_t> active = active_;
  bool changed = false;
  for (const uint32_t index : active) {
    const Hold& hold = holds_[index];
    if (hold.spec.manual || !hold.pool_up || now - hold.up_since < hold.spec.delay) continue;
    Set(index, false);
    changed = true;
  }
  return changed;
}

std::vector<std::string> Holds::Release(const std::vector<std::string>& ids) {
  std::vector<std::string> released;
  const std::set<uint32_t> active = active_;
  for (const uint32_t index : active) {
    const Hold& hold = holds_[index];
    if (!hold.pool_up || std::find(ids.begin(), ids.end(), hold.spec.id) == ids.end()) continue;
    released.push_back(hold.spec.id);
    Set(index, false);
  }
  return released;
}

std::vector<std::string> Holds::Held() const {
  std::vector<std::string> held;
  for (const uint32_t index : active_) {
    if (holds_[index].pool_up) held.push_back(holds_[index].spec.id);
  }
  return held;
}

}  // namespace waypost::liveness
