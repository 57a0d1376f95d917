// The words of traces: numbers and lists as operators read them.
//
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dnsd/geo/vocabulary.h"
#include "dnsd/liveness/board.h"
#include "dnsd/steer/candidates.h"
#include "dnsd/steer/step_context.h"

namespace waypost::steer {

/// The candidates before and after a step, for its words.
struct Change {
  std::span<const Candidate> before;
  std::span<const Candidate> after;
};

/// "23.1 ms" of 231 tenths.
std::string MillisecondsText(uint32_t tenths);
/// "73 % used (730 of 1000)" of a load that is known.
std::string LoadText(const liveness::Load& load);
/// "up, down" of a set.
std::string StandingsText(liveness::StandingSet standings);
/// "US, North America", or "an unknown place".
std::string ClientPlaceText(const StepContext& context);
/// Names of pools; of many only the first few and how many more.
std::string PoolsText(std::span<const Candidate> pools, const StepContext& context);
/// "kept eu-west", "kept all 3", "kept none of 3".
std::string KeptText(const Change& change, const StepContext& context);
/// The candidates of the first group.
std::span<const Candidate> FrontOf(std::span<const Candidate> candidates);

}  // namespace waypost::steer
