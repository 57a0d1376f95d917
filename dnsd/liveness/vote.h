// The vote: vantages' opinions in, one outcome out. Pure.
//
// Rules (DESIGN: "never on a single vantage when there are three or more"):
//   majority  the side with more than half of the fresh opinions; a tie changes nothing
//   any       down when one fresh vantage says down, or two where three or more are fresh; else up
//   all       down only when all fresh vantages say down; else up
// Vantages without an opinion yet, or with stale evidence, do not count. Nobody fresh: no outcome.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace waypost::liveness {

enum class Quorum : uint8_t { kMajority, kAny, kAll };
enum class Opinion : uint8_t { kNone, kUp, kDown };

/// `fresh`: the opinions that count. nullopt: no outcome, what held before goes on.
std::optional<bool> IsUp(Quorum quorum, std::span<const Opinion> fresh) noexcept;

}  // namespace waypost::liveness
