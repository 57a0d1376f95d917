// `round_robin`: the pools in front take turns, by the number of the query on its worker.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class RoundRobinStep;
}

namespace waypost::steer {

class StepParser;

class RoundRobin {
 public:
  static constexpr std::string_view kName = "round_robin";

  static RoundRobin Parse(const v1::RoundRobinStep& message, const StepParser& parser);

  bool Matters(std::span<const PoolIndex> candidates) const { return candidates.size() > 1; }
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;
};

}  // namespace waypost::steer
