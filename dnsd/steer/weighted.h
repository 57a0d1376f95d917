// `weighted`: draws one of the pools in front by weight and puts it in front alone.
//
// Weight 0 is drawn only when nothing else is left. Per query the draw is the decision's random
// number; sticky, it is a rendezvous race under the client's network (/24, /56, or a shorter client
// subnet as it is), so that a client keeps its pool and a changed weight moves only the share that
// it must.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/pool_race.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class WeightedStep;
}

namespace waypost::steer {

class StepParser;

class Weighted {
 public:
  static constexpr std::string_view kName = "weighted";

  static Weighted Parse(const v1::WeightedStep& message, const StepParser& parser);

  bool sticky() const { return sticky_; }
  bool Matters(std::span<const PoolIndex> candidates) const { return candidates.size() > 1; }
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  bool sticky_ = false;
  PoolRace race_;
};

}  // namespace waypost::steer
