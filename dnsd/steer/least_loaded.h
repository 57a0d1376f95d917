// `least_loaded`: draws one of the pools in front by what they have free, and puts it in front
// alone.
//
// A pool's chance is its free capacity times its weight. Not the least loaded one for everybody:
// resolvers keep an answer for its TTL, so that all would come to it before its load shows that
// they did, and then all would leave; with shares in proportion to what is free, each pool is given
// less the fuller it is, and the whole comes to rest. A pool of which no load is known has as much
// free as the others have on the average; where none is known, or none has anything free, the
// weights alone count. Weight 0 and full pools are drawn only when nothing else is left.
//
// Per query the draw is the decision's random number; sticky, it is a rendezvous race under the
// client's network, so that a client keeps its pool and a changed load moves only the share that it
// must.
//
// Thread safety: immutable.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/pool_race.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class LeastLoadedStep;
}

namespace waypost::steer {

class StepParser;

class LeastLoaded {
 public:
  static constexpr std::string_view kName = "least_loaded";
  /// Free capacity counts in so many parts of the most that one of the pools has.
  static constexpr uint32_t kParts = 1000;

  static LeastLoaded Parse(const v1::LeastLoadedStep& message, const StepParser& parser);

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
