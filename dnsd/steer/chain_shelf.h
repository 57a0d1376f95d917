// Chains of a policy that came out the same are one.
//
// Thread safety: belongs to one Compile. Ownership: the policies must outlive it.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "dnsd/steer/chain.h"
#include "dnsd/steer/compile_policy.h"

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

 private:
  std::map<const CompiledPolicy*, std::vector<std::shared_ptr<const Chain>>> chains_;
};

}  // namespace waypost::steer
