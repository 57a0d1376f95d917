// `failover`: orders into tiers; the first tier with a pool that is up serves.
//
// Without tiers each pool of the record is one, in the record's order; a pool that stands in no
// tier comes after all tiers. A pool that is up again but waits for its failback (the board's
// holds) comes behind all pools that do not wait.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class FailoverStep;
}

namespace waypost::steer {

class StepParser;

class Failover {
 public:
  static constexpr std::string_view kName = "failover";

  static Failover Parse(const v1::FailoverStep& message, const StepParser& parser);

  bool Matters(std::span<const PoolIndex> candidates) const { return candidates.size() > 1; }
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;
  /// From 0. `candidates`: as the record declares them.
  uint32_t TierOf(PoolIndex pool, std::span<const PoolIndex> candidates) const;

 private:
  static constexpr uint32_t kNoHold = ~uint32_t{0};

  void ParseTiers(const v1::FailoverStep& message, const StepParser& parser);
  void ParseFailback(const v1::FailoverStep& message, const StepParser& parser);
  uint32_t TierOf(const Candidate& candidate) const {
    return tiers_.empty() ? candidate.ordinal : tiers_[candidate.pool];
  }
  bool IsHeld(PoolIndex pool, const StepContext& context) const {
    return !holds_.empty() && holds_[pool] != kNoHold && context.world.board->held(holds_[pool]);
  }

  std::vector<uint16_t> tiers_;  // by pool; empty: by the record's order
  std::vector<uint32_t> holds_;  // by pool; empty: failback is automatic
  uint16_t tier_count_ = 0;
};

}  // namespace waypost::steer
