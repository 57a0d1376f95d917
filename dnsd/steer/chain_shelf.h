// Chains of a policy, and lists of candidates, that came out the same are one: what decisions read
// stays in the cache however many records there are.
//
// Thread safety: belongs to one Compile. Ownership: the policies must outlive it.
#pragma once

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
    auto& known = chains_[&policy];
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
  std::map<const CompiledPolicy*, std::vector<std::shared_ptr<const Chain>>> chains_;
  std::map<std::vector<PoolIndex>, std::shared_ptr<const CandidateLists>> lists_;
};

}  // namespace waypost::steer
