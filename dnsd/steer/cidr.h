// `cidr`: keeps the pools for the client's network, by operators' Network resources.
//
// The first rule that matches one of the client's networks decides; where none matches all pools
// stay. As a preference (the default) all stay also where the rule keeps none that can be used; as
// a fence no others may answer.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/rule_sets.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class CidrRule;
class CidrStep;
}  // namespace waypost::v1

namespace waypost::steer {

class StepParser;

class Cidr {
 public:
  static constexpr std::string_view kName = "cidr";

  static Cidr Parse(const v1::CidrStep& message, const StepParser& parser);

  bool fence() const { return fence_; }
  bool Matters(std::span<const PoolIndex> candidates) const {
    return fence_ || AnyRuleSplits(kept_, candidates);
  }
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  void ParseRule(const v1::CidrRule& message, RuleNumber number, const StepParser& parser);
  RuleNumber RuleFor(const StepContext& context) const;

  bool fence_ = false;
  std::vector<PoolSet> kept_;              // by rule
  std::vector<RuleNumber> rule_of_label_;  // by index in Vocabulary::labels
};

}  // namespace waypost::steer
