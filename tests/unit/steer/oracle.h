// A slow and obvious evaluator of policies, from the schema's text alone: names, sets and sorts, no
// indices, no board words, no compiling. What is drawn at random it does not predict: it gives
// every front group that may come out.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/liveness/board.h"
#include "dnsd/steer/decide.h"
#include "dnsd/steer/rendezvous.h"
#include "tests/support/world.h"
#include "tests/unit/steer/load_rules.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

class Oracle {
 public:
  using Group = std::vector<std::string>;  // pools, in the record's order
  using State = std::vector<Group>;        // the front first
  using Up = std::function<bool(liveness::Standing)>;

  struct Expected {
    Outcome outcome = Outcome::kNone;
    std::vector<Group> fronts;  // any of these may answer
    Up up;                      // which endpoints of them
    uint32_t max_answers = 8;
    uint32_t ttl_s = 0;
  };

  Oracle(const test::World& world, const Facts& facts) : world_(world), facts_(facts) {}

  Expected Evaluate(const v1::Record& record, Want want) {
    want_ = want;
    record_ = &record;
    policy_ = &world_.policies().at(record.policy());
    Flatten(*policy_);
    Expected expected = Answer();
    expected.max_answers = want == Want::kCname ? 1 : max_answers_;
    expected.ttl_s = Ttl(expected.outcome);
    return expected;
  }

  /// Ids of the endpoints of a pool that have the wanted family, with their addresses.
  std::vector<std::pair<std::string, std::string>> EndpointsOf(const std::string& pool) const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const v1::Endpoint& endpoint : world_.pools().at(pool).endpoints()) {
      const bool is_v6 = endpoint.address().find(':') != std::string::npos;
      const bool is_name = !endpoint.cname().empty();
      if (is_name != (want_ == Want::kCname)) continue;
      if (!is_name && is_v6 != (want_ == Want::kAaaa)) continue;
      const std::string text = is_name ? endpoint.cname() : endpoint.address();
      found.emplace_back(pool + "/" + text, text);
    }
    return found;
  }

 private:
  struct FlatStep {
    const v1::Step* step;
    std::string policy;
  };

  void Flatten(const v1::Policy& policy) {
    for (const v1::Step& step : policy.steps()) {
      if (step.has_answers()) {
        const uint32_t max = step.answers().max() == 0 ? 8 : step.answers().max();
        max_answers_ = has_answers_ ? std::min(max_answers_, max) : max;
        has_answers_ = true;
      } else if (step.step_case() == v1::Step::kPolicy) {
        Flatten(world_.policies().at(step.policy()));
      } else if (IsFence(step)) {
        fences_.push_back({&step, policy.name()});
      } else {
        steps_.push_back({&step, policy.name()});
      }
    }
  }

  static bool IsFence(const v1::Step& step) {
    return (step.has_residency() && !step.residency().prefer()) || step.geo().fence() ||
           step.cidr().fence();
  }

  Expected Answer() {
    Group candidates;
    for (const std::string& pool : record_->pools()) {
      if (!EndpointsOf(pool).empty()) candidates.push_back(pool);
    }
    if (candidates.empty()) return {Outcome::kNoFamily, {}, {}, 0, 0};
    const Up usable = Usable(candidates);
    if (!facts_.pin.empty() && !EndpointsOf(facts_.pin).empty()) {
      if (auto fronts = Fronts({facts_.pin}, usable); !fronts.empty()) {
        return {Outcome::kAnswered, fronts, usable};
      }
    }
    if (auto fronts = Fronts(candidates, usable); !fronts.empty()) {
      return {Outcome::kAnswered, fronts, usable};
    }
    if (Allowed(candidates).empty()) return {Outcome::kFenced};
    return AllDown(candidates, usable);
  }

  Expected AllDown(const Group& candidates, const Up& usable) {
    using liveness::Standing;
    if (policy_->on_all_down() == v1::ON_ALL_DOWN_NONE) return {Outcome::kNone};
    const bool last_resort = policy_->on_all_down() == v1::ON_ALL_DOWN_LAST_RESORT;
    consulted_last_resort_ = last_resort;
    const Group group = last_resort ? Group{policy_->last_resort()} : candidates;
    if (EndpointsOf(group[0]).empty()) return {Outcome::kNone};
    const Up not_taken_out = [](Standing s) {
      return s != Standing::kDrained && s != Standing::kForcedDown;
    };
    for (const Up& up : {usable, not_taken_out, Up([](Standing) { return true; })}) {
      if (!last_resort && !facts_.pin.empty() && !EndpointsOf(facts_.pin).empty()) {
        auto fronts = Fronts({facts_.pin}, up);
        if (!fronts.empty()) return {Outcome::kAllDown, fronts, up};
      }
      if (auto fronts = Fronts(group, up); !fronts.empty()) return {Outcome::kAllDown, fronts, up};
    }
    return {Outcome::kFenced};
  }

  Up Usable(const Group& candidates) const {
    using liveness::Standing;
    const auto stale = [&](const std::string& pool) {
      return AnyEndpoint(
          pool, [](Standing s) { return s == Standing::kStaleUp || s == Standing::kStaleDown; });
    };
    const bool ignore_health = policy_->on_stale() == v1::ON_STALE_STATIC &&
                               std::any_of(candidates.begin(), candidates.end(), stale);
    return [policy = policy_, ignore_health](Standing s) {
      if (ignore_health) return s != Standing::kDrained && s != Standing::kForcedDown;
      switch (s) {
        case Standing::kUnmonitored:
        case Standing::kUp:
        case Standing::kForcedUp:
        case Standing::kStaleUp:
        case Standing::kPanic:
        case Standing::kHeld:
          return true;
        case Standing::kStaleDown:
          return policy->on_stale() == v1::ON_STALE_WIDEN;
        case Standing::kNoData:
        case Standing::kLastUp:
          return policy->on_no_data_yet() != v1::ON_NO_DATA_YET_HOLD;
        case Standing::kLastDown:
          return policy->on_no_data_yet() == v1::ON_NO_DATA_YET_SERVE;
        case Standing::kDown:
        case Standing::kForcedDown:
        case Standing::kDrained:
        case Standing::kShort:
          return false;
      }
      return false;
    };
  }

  bool AnyEndpoint(const std::string& pool, const Up& up) const {
    for (const auto& [id, address] : EndpointsOf(pool)) {
      if (up(facts_.endpoints.at(id).standing)) return true;
    }
    return false;
  }

  Group Allowed(Group pools) const {
    for (const FlatStep& fence : fences_) pools = Kept(fence, pools);
    return pools;
  }

  // Every front that the chain may come to; none: nothing can be used.
  std::vector<Group> Fronts(const Group& candidates, const Up& up) const {
    Group left;
    for (const std::string& pool : Allowed(candidates)) {
      if (AnyEndpoint(pool, up)) left.push_back(pool);
    }
    if (left.empty()) return {};
    std::set<State> states{{left}};
    for (const FlatStep& step : steps_) {
      std::set<State> next;
      for (const State& state : states) {
        for (State& after : Apply(step, state)) next.insert(std::move(after));
      }
      states = std::move(next);
    }
    std::vector<Group> fronts;
    for (const State& state : states) fronts.push_back(state[0]);
    return fronts;
  }

  std::vector<State> Apply(const FlatStep& flat, const State& state) const {
    const v1::Step& step = *flat.step;
    if (step.has_geo() || step.has_residency() || step.has_cidr()) return {Preferred(flat, state)};
    if (step.has_latency()) {
      const auto& given = step.latency().tolerance();
      const double tolerance = !step.latency().has_tolerance()
                                   ? 100
                                   : static_cast<double>(given.seconds()) * 1e4 +
                                         static_cast<double>(given.nanos()) / 1e5;
      return {Ordered(
          state, [&](const std::string& p) { return Rtt(p); }, tolerance)};
    }
    if (step.has_geoproximity()) {
      const auto& bias = step.geoproximity().bias();
      return {Ordered(
          state, [&](const std::string& p) { return Distance(p, bias); }, 0)};
    }
    if (step.has_failover()) {
      return {Ordered(
          state, [&](const std::string& p) { return Tier(p, flat); }, 0)};
    }
    if (step.has_spill()) return {Spilled(step.spill(), state)};
    return Chosen(step, state);
  }

  State Spilled(const v1::SpillStep& step, const State& state) const {
    State staying;
    State moving;
    for (const Group& group : state) {
      const auto moves = [&](const std::string& p) { return MovesOn(p, step, facts_); };
      const Group left = Filter(group, moves);
      const Group kept = Filter(group, [&](const std::string& p) { return !moves(p); });
      if (!kept.empty()) staying.push_back(kept);
      if (!left.empty()) moving.push_back(left);
    }
    staying.insert(staying.end(), moving.begin(), moving.end());
    return staying.size() == moving.size() ? state : staying;
  }

  State Preferred(const FlatStep& flat, const State& state) const {
    Group all;
    for (const Group& group : state) all.insert(all.end(), group.begin(), group.end());
    const Group kept = Kept(flat, all);
    if (kept.empty()) return state;
    State next;
    for (const Group& group : state) {
      Group rest;
      for (const std::string& pool : group) {
        if (std::count(kept.begin(), kept.end(), pool) > 0) rest.push_back(pool);
      }
      if (!rest.empty()) next.push_back(rest);
    }
    return next;
  }

  template <typename Predicate>
  static Group Filter(const Group& pools, Predicate keep) {
    Group kept;
    std::copy_if(pools.begin(), pools.end(), std::back_inserter(kept), keep);
    return kept;
  }

  // What a narrowing step keeps; all where it has nothing to say about the client.
  Group Kept(const FlatStep& flat, const Group& pools) const {
    const v1::Step& step = *flat.step;
    if (step.has_residency()) return KeptByResidency(step.residency(), pools);
    if (step.has_cidr()) {
      for (const v1::CidrRule& rule : step.cidr().rules()) {
        if (InNetwork(rule)) return KeptByRule(rule, pools);
      }
      return pools;
    }
    if (facts_.country.empty() && facts_.continent.empty()) return pools;
    if (step.geo().rules().empty()) return KeptByPlace(pools);
    for (const v1::GeoRule& rule : step.geo().rules()) {
      if (Has(rule.countries(), facts_.country) || Has(rule.continents(), facts_.continent) ||
          Has(rule.subdivisions(), facts_.subdivision)) {
        return KeptByRule(rule, pools);
      }
    }
    return pools;
  }

  template <typename List>
  static bool Has(const List& list, const std::string& item) {
    return !item.empty() && std::count(list.begin(), list.end(), item) > 0;
  }

  template <typename Rule>
  Group KeptByRule(const Rule& rule, const Group& pools) const {
    return Filter(pools, [&](const std::string& pool) {
      return Has(rule.pools(), pool) || Has(rule.regions(), RegionOf(pool).name());
    });
  }

  bool InNetwork(const v1::CidrRule& rule) const {
    return std::any_of(facts_.labels.begin(), facts_.labels.end(), [&](const auto& label) {
      return label.first == rule.network() &&
             (rule.label().empty() || label.second == rule.label());
    });
  }

  Group KeptByPlace(const Group& pools) const {
    const auto subdivision = Filter(pools, [&](const std::string& pool) {
      const v1::Location& l = RegionOf(pool).location();
      return !facts_.subdivision.empty() &&
             l.country() + "-" + l.subdivision() == facts_.subdivision;
    });
    if (!subdivision.empty()) return subdivision;
    const auto country = Filter(pools, [&](const std::string& pool) {
      return !facts_.country.empty() && RegionOf(pool).location().country() == facts_.country;
    });
    if (!country.empty()) return country;
    return Filter(pools, [&](const std::string& pool) {
      return !facts_.continent.empty() && RegionOf(pool).location().continent() == facts_.continent;
    });
  }

  Group KeptByResidency(const v1::ResidencyStep& step, const Group& pools) const {
    const std::string label = step.label().empty() ? "jurisdiction" : step.label();
    std::set<std::string> values{"gdpr"};
    std::set<std::string> own;
    static const std::set<std::string> kUnionOfTests{"DE", "FR", "NO"};
    if (kUnionOfTests.count(facts_.country) > 0) own.insert("gdpr");
    for (const v1::Jurisdiction& given : step.jurisdictions()) {
      values.insert(given.value());
      if (Has(given.countries(), facts_.country)) own.insert(given.value());
    }
    for (const auto& [name, region] : world_.regions()) {
      if (region.labels().count(label) > 0) values.insert(region.labels().at(label));
    }
    for (const auto& [network, text] : facts_.labels) {
      if (values.count(text) == 0) continue;
      own = {text};
      break;
    }
    if (own.empty()) return pools;
    return Filter(pools, [&](const std::string& pool) {
      const auto& labels = RegionOf(pool).labels();
      return labels.count(label) > 0 && own.count(labels.at(label)) > 0;
    });
  }

  template <typename Key>
  static State Ordered(const State& state, Key key, double tolerance) {
    State next;
    for (const Group& group : state) {
      double best = INFINITY;
      for (const std::string& pool : group) best = std::min(best, key(pool));
      std::map<double, Group> by_key;
      for (const std::string& pool : group) {
        const double k = key(pool);
        by_key[k == best || k - best <= tolerance ? best : k].push_back(pool);
      }
      for (const auto& [k, pools] : by_key) next.push_back(pools);
    }
    return next;
  }

  const v1::Region& RegionOf(const std::string& pool) const {
    return world_.regions().at(world_.pools().at(pool).region());
  }

  double Rtt(const std::string& pool) const {
    const std::string& region = RegionOf(pool).name();
    const auto at = facts_.rtt.find(region);
    const bool usable = RegionOf(pool).has_location() || facts_.measured.count(region) > 0;
    return at == facts_.rtt.end() || !usable ? INFINITY : at->second;
  }

  template <typename Bias>
  double Distance(const std::string& pool, const Bias& biases) const {
    const std::string& region = RegionOf(pool).name();
    const auto at = facts_.distance_km.find(region);
    if (at == facts_.distance_km.end() || !RegionOf(pool).has_location()) return INFINITY;
    const double bias = biases.count(region) > 0 ? biases.at(region) : 0;
    return bias >= 0 ? at->second * (1 - bias / 100) : at->second / (1 + bias / 100);
  }

  double Tier(const std::string& pool, const FlatStep& flat) const {
    const v1::FailoverStep& step = flat.step->failover();
    double tier = step.tiers_size();
    for (int i = 0; i < step.tiers_size(); ++i) {
      if (Has(step.tiers(i).pools(), pool)) tier = i;
    }
    if (step.tiers().empty()) {
      const auto& pools = record_->pools();
      tier = static_cast<double>(std::find(pools.begin(), pools.end(), pool) - pools.begin());
    }
    const bool waits =
        step.failback() == v1::FAILBACK_DELAYED || step.failback() == v1::FAILBACK_MANUAL;
    return waits && facts_.held.count({flat.policy, pool}) > 0 ? tier + 1e6 : tier;
  }

  std::vector<State> Chosen(const v1::Step& step, const State& state) const {
    const Group& front = state[0];
    if (front.size() == 1) return {state};
    if (step.has_round_robin()) return {InFront(state, front[facts_.sequence % front.size()])};
    const auto lots = step.has_least_loaded() ? Lots(front, facts_) : facts_.pool_weights;
    Group drawn = Filter(front, [&](const std::string& p) { return lots.at(p) > 0; });
    if (drawn.empty()) drawn = front;
    if (step.has_hash()) drawn = Winners(drawn, lots, facts_.network_hashes.at(step.hash().seed()));
    if (step.weighted().sticky() || step.least_loaded().sticky()) {
      drawn = Winners(drawn, lots, facts_.network_hash);
    }
    std::vector<State> states;
    for (const std::string& pool : drawn) states.push_back(InFront(state, pool));
    return states;
  }

  // Of the weighted rendezvous; two where it is too close to call.
  static Group Winners(const Group& pools, const std::map<std::string, uint32_t>& lots,
                       uint64_t key) {
    std::map<double, std::string> by_time;
    for (const std::string& pool : pools) {
      const double u = (static_cast<double>(Mix64(key ^ HashName(pool))) + 0.5) / std::pow(2.0, 64);
      by_time[-std::log2(u) / std::max(1U, lots.at(pool))] = pool;
    }
    const auto second = std::next(by_time.begin());
    if (second != by_time.end() && second->first < by_time.begin()->first * 1.003) {
      return {by_time.begin()->second, second->second};
    }
    return {by_time.begin()->second};
  }

  static State InFront(const State& state, const std::string& pool) {
    State next{{pool}};
    for (const Group& group : state) {
      Group rest = Filter(group, [&](const std::string& p) { return p != pool; });
      if (!rest.empty()) next.push_back(rest);
    }
    return next;
  }

  uint32_t Ttl(Outcome outcome) const {
    const auto min = static_cast<uint32_t>(record_->ttl().min().seconds());
    const auto max = static_cast<uint32_t>(record_->ttl().max().seconds());
    uint32_t cap = max;
    Group pools(record_->pools().begin(), record_->pools().end());
    if (outcome != Outcome::kNoFamily && !facts_.pin.empty()) pools.push_back(facts_.pin);
    if (consulted_last_resort_) pools.push_back(policy_->last_resort());
    for (const std::string& pool : pools) {
      if (EndpointsOf(pool).empty()) continue;
      for (const v1::Endpoint& endpoint : world_.pools().at(pool).endpoints()) {
        cap =
            std::min<uint32_t>(cap, facts_.endpoints.at(pool + "/" + endpoint.address()).ttl_cap_s);
      }
    }
    return std::max(cap, min);
  }

  const test::World& world_;
  const Facts& facts_;
  const v1::Record* record_ = nullptr;
  const v1::Policy* policy_ = nullptr;
  Want want_ = Want::kA;
  std::vector<FlatStep> fences_;
  std::vector<FlatStep> steps_;
  uint32_t max_answers_ = 8;
  bool has_answers_ = false;
  bool consulted_last_resort_ = false;
};

}  // namespace waypost::steer
