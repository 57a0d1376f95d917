// `residency`: keeps the pools of regions whose label equals the client's jurisdiction.
//
// The client's jurisdiction is the most specific label of its networks that is one; without such a
// label, all those that name its country. A client of no known jurisdiction keeps all pools. As a
// fence (the default) no others may answer; as a preference all pools stay where none would be
// kept.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/jurisdictions.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class ResidencyStep;
}

namespace waypost::steer {

class StepParser;

class Residency {
 public:
  static constexpr std::string_view kName = "residency";

  static Residency Parse(const v1::ResidencyStep& message, const StepParser& parser);

  bool fence() const { return fence_; }
  bool Matters(std::span<const PoolIndex> candidates) const;
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  void ParseGiven(const v1::ResidencyStep& message, const StepParser& parser);
  void ParsePools(const std::string& label, const StepParser& parser);
  JurisdictionSet ClientsOwn(const StepContext& context) const;

  bool fence_ = true;
  Jurisdictions jurisdictions_;
  std::vector<JurisdictionSet> pools_;   // by pool: its region's label
  std::vector<JurisdictionSet> labels_;  // by index in Vocabulary::labels
};

}  // namespace waypost::steer
