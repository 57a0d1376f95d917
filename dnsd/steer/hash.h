// `hash`: maps the client's network (/24, /56, or a shorter client subnet as it is) to one of the
// pools in front by weighted rendezvous, and puts it in front alone. The same on every server; a
// pool that comes or goes moves only its own share.
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
class HashStep;
}

namespace waypost::steer {

class StepParser;

class Hash {
 public:
  static constexpr std::string_view kName = "hash";

  static Hash Parse(const v1::HashStep& message, const StepParser& parser);

  bool Matters(std::span<const PoolIndex> candidates) const { return candidates.size() > 1; }
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  uint64_t seed_ = 0;
  PoolRace race_;
};

}  // namespace waypost::steer
