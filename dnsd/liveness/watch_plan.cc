#include "dnsd/liveness/watch_plan.h"

#include <algorithm>
#include <utility>

namespace waypost::liveness {
namespace {

/// A pause between two ticks that no load explains.
constexpr std::chrono::seconds kSlept{1};

}  // namespace

bool WatchPlan::Configure(std::vector<WatchTarget> targets) {
  targets_ = std::move(targets);
  return Plan();
}

bool WatchPlan::Hear(const std::string& vantage, const std::string& region, Steady now) {
  const auto [entry, is_new] = members_.try_emplace(vantage);
  Member& member = entry->second;
  member.heard = std::max(member.heard, now);
  const bool moved = std::exchange(member.region, region) != region;
  return (is_new || moved) && Review(now);
}

void WatchPlan::Doubts(const std::string& vantage, bool doubts, Steady now) {
  const auto found = members_.find(vantage);
  if (found == members_.end()) return;
  std::optional<Steady>& since = found->second.doubts_since;
  if (!doubts) {
    since.reset();
  } else if (!since) {
    since = now;
  }
}

bool WatchPlan::Tick(Steady now) {
  if (!ticked_ || now - *ticked_ > kSlept) awake_since_ = now;
  ticked_ = now;
  std::erase_if(members_, [&](const auto& entry) {
    return now - std::max(entry.second.heard, awake_since_) > kGrace;
  });
  return Review(now);
}

bool WatchPlan::Review(Steady now) {
  Watchers living(Living(now));
  if (living.all() != living_.all()) {
    living_ = std::move(living);
    settles_at_ = now + kGrace;
    return Plan();
  }
  if (now < settles_at_ || settled_.all() == living_.all()) return false;
  settled_ = living_;
  return Plan();
}

std::vector<Watcher> WatchPlan::Living(Steady now) const {
  std::vector<Watcher> living;
  for (const auto& [name, member] : members_) {
    const bool doubts = member.doubts_since && now - *member.doubts_since > kGrace;
    living.push_back({name, member.region, doubts});
  }
  return living;
}

bool WatchPlan::Plan() {
  Shares shares;
  for (const Watcher& watcher : living_.all()) shares[watcher.name].resize(targets_.size());
  Spread(living_, shares);
  if (settled_.all() != living_.all()) Spread(settled_, shares);
  const bool changed = shares != shares_;
  shares_ = std::move(shares);
  return changed;
}

void WatchPlan::Spread(const Watchers& among, Shares& shares) const {
  std::vector<Share*> of;
  for (const Watcher& watcher : among.all()) {
    const auto found = shares.find(watcher.name);
    of.push_back(found == shares.end() ? nullptr : &found->second);
  }
  for (size_t i = 0; i < targets_.size(); ++i) {
    const WatchTarget& target = targets_[i];
    if (target.vantages == 0) {
      for (Share* share : of) {
        if (share != nullptr) (*share)[i] = true;
      }
      continue;
    }
    for (const uint32_t index :
         among.Choose(target.endpoint, target.vantages, target.weights.get())) {
      if (of[index] != nullptr) (*of[index])[i] = true;
    }
  }
}

const WatchPlan::Share* WatchPlan::Of(std::string_view vantage) const {
  const auto found = shares_.find(vantage);
  return found == shares_.end() ? nullptr : &found->second;
}

std::vector<std::string> WatchPlan::WatchersOf(size_t target) const {
  std::vector<std::string> names;
  for (const auto& [name, share] : shares_) {
    if (share[target]) names.push_back(name);
  }
  return names;
}

size_t WatchPlan::Underwatched() const {
  size_t count = 0;
  for (size_t i = 0; i < targets_.size(); ++i) {
    const auto watching = std::count_if(shares_.begin(), shares_.end(),
                                        [i](const auto& share) { return share.second[i]; });
    if (static_cast<uint32_t>(watching) < targets_[i].vantages) ++count;
  }
  return count;
}

}  // namespace waypost::liveness
