// Chains, and lists of candidates, that came out the same are one: what decisions read stays in the
// cache however many records and policies there are.
//
// Thread safety: belongs to one Compile. Ownership: the steps of the policies must outlive it.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <vector>

#include "dnsd/steer/chain.h"
#include "dnsd/steer/compile_policy.h"
#include "dnsd/steer/steering.h"

namespace waypost::steer {

class ChainShelf {
 public:
  std::shared_ptr<const Chain> Get(const CompiledPolicy& policy,
                                   const std::vector<PoolIndex>& candidates) {
    auto chain = std::make_shared<const Chain>(policy.steps, policy.knobs, candidates);
    auto& known = chains_[KeyOf(policy)];
    for (const auto& other : known) {
      if (other->HasSameSteps(*chain)) return other;
    }
    known.push_back(chain);
    return chain;
  }

  /// These pools, in this order.
  std::shared_ptr<const CandidateLists> ListsOf(const std::vector<PoolIndex>& pools,
                                                const Topology& topology) {
    auto& known = lists_[pools];
    if (known != nullptr) return known;
    auto lists = std::make_shared<CandidateLists>();
    lists->all = pools;
    for (const PoolIndex pool : pools) {
      if (topology.pools[pool].v4 > 0) lists->v4.push_back(pool);
      if (topology.pools[pool].v6 > 0) lists->v6.push_back(pool);
    }
    known = lists;
    return known;
  }

 private:
  /// What all policies have in common whose chains can be the same.
  struct Key {
    std::vector<const Step*> steps;
    Knobs knobs;
    auto operator<=>(const Key&) const = default;
  };

  static Key KeyOf(const CompiledPolicy& policy) {
    Key key{{}, policy.knobs};
    for (const auto& step : policy.steps) key.steps.push_back(step.get());
    return key;
  }

  std::map<Key, std::vector<std::shared_ptr<const Chain>>> chains_;
  std::map<std::vector<PoolIndex>, std::shared_ptr<const CandidateLists>> lists_;
};

}  // namespace waypost::steer
