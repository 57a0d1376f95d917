#include "dnsd/liveness/watch_plan.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace waypost::liveness {
namespace {

/// A pause between two ticks that no load explains.
constexpr std::chrono::seconds kSlept{1};
/// A vantage that cannot look at one target cannot look at others either, and finds out one after
/// the other: they are planned together.
constexpr std::chrono::seconds kTogether{5};

}  // namespace

bool WatchPlan::Configure(std::vector<WatchTarget> targets) {
  MoveTo(targets);
  targets_ = std::move(targets);
  return Plan();
}

/// Takes along what is known of targets that stay, by their endpoints.
void WatchPlan::MoveTo(const std::vector<WatchTarget>& targets) {
  std::unordered_map<std::string_view, size_t> places;
  for (size_t i = 0; i < targets.size(); ++i) places[targets[i].endpoint] = i;
  const auto moved = [&](const auto& by_target) {
    std::decay_t<decltype(by_target)> there;
    for (const auto& [target, value] : by_target) {
      const auto place = places.find(targets_[target].endpoint);
      if (place != places.end()) there[place->second] = value;
    }
    return there;
  };
  for (auto& [name, member] : members_) member.unable = moved(member.unable);
  for (Scene* scene : {&living_, &settled_}) {
    scene->unable = std::make_shared<Inability>(moved(*scene->unable));
  }
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

void WatchPlan::Looks(const std::string& vantage, size_t target, const std::string& why,
                      Steady now) {
  const auto found = members_.find(vantage);
  if (found == members_.end() || targets_[target].vantages == 0) return;
  if (why.empty()) {
    found->second.unable.erase(target);
  } else {
    found->second.unable.try_emplace(target, Unable{now, why});
  }
}

void WatchPlan::Begins(const std::string& vantage) {
  const auto found = members_.find(vantage);
  if (found != members_.end()) found->second.unable.clear();
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
  Scene living = SceneAt(now);
  if (living != living_) {
    living_ = std::move(living);
    settles_at_ = now + kGrace;
    return Plan();
  }
  if (now < settles_at_ || settled_ == living_) return false;
  settled_ = living_;
  return Plan();
}

WatchPlan::Scene WatchPlan::SceneAt(Steady now) {
  std::vector<Watcher> watchers;
  for (const auto& [name, member] : members_) {
    const bool doubts = member.doubts_since && now - *member.doubts_since > kGrace;
    watchers.push_back({name, member.region, doubts});
  }
  return {Watchers(std::move(watchers)), InabilityAt(now)};
}

std::shared_ptr<const WatchPlan::Inability> WatchPlan::InabilityAt(Steady now) {
  if (now < counts_unable_at_) return living_.unable;
  counts_unable_at_ = now + kTogether;
  Inability inability;
  for (auto& [name, member] : members_) {
    std::erase_if(member.unable, [now](const auto& e) { return now - e.second.since > kUnable; });
    for (const auto& [target, unable] : member.unable) {
      if (now - unable.since > kGrace) inability[target].insert(name);
    }
  }
  const bool is_same = inability == *living_.unable;
  return is_same ? living_.unable : std::make_shared<Inability>(std::move(inability));
}

bool WatchPlan::Plan() {
  Shares shares;
  for (const Watcher& watcher : living_.watchers.all()) {
    shares[watcher.name].resize(targets_.size());
  }
  Spread(living_, shares);
  if (settled_ != living_) Spread(settled_, shares);
  const bool changed = shares != shares_;
  shares_ = std::move(shares);
  return changed;
}

void WatchPlan::Spread(const Scene& scene, Shares& shares) const {
  std::vector<Share*> of;
  for (const Watcher& watcher : scene.watchers.all()) {
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
    const auto unable = scene.unable->find(i);
    for (const uint32_t index :
         scene.watchers.Choose(target.endpoint, target.vantages, target.weights.get(),
                               unable == scene.unable->end() ? nullptr : &unable->second)) {
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

std::vector<WatchPlan::Lack> WatchPlan::Lacks() const {
  std::map<std::string, Lack> lacks;
  for (const auto& [target, names] : *living_.unable) {
    for (const std::string& name : names) {
      const auto member = members_.find(name);
      if (member == members_.end() || !member->second.unable.contains(target)) continue;
      Lack& lack = lacks[name];
      if (++lack.targets > 1) continue;
      lack.vantage = name;
      lack.endpoint = targets_[target].endpoint;
      lack.why = member->second.unable.at(target).why;
    }
  }
  std::vector<Lack> all;
  for (auto& [name, lack] : lacks) all.push_back(std::move(lack));
  return all;
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
