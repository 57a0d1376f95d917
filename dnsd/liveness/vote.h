// The vote: what the voters say in, one outcome out. Pure.
//
// Rules (DESIGN: "never on a single vantage when there are three or more"):
//   majority  the side with more than half of the fresh votes; a tie changes nothing
//   any       down when one fresh voter says down, or two where three or more are fresh; else up
//   all       down only when all fresh voters say down; else up
//   count     down when so many votes say down; with fewer votes than that, and one of them down,
//   no
//             outcome; else up
// A voter is a vantage, or a region, which says what more than half of its vantages' votes say, and
// nothing at a tie. A vantage has one vote or as many as the monitor gives it; majority and count
// count votes, any and all voters. Those without an opinion yet, with stale evidence or suspended
// do not count. Nobody fresh: no outcome.
#pragma once

#include <cstdint>
#include <optional>

namespace waypost::liveness {

enum class Quorum : uint8_t { kMajority, kAny, kAll, kCount };
enum class Opinion : uint8_t { kNone, kUp, kDown };

/// What the fresh voters say.
struct Poll {
  uint32_t up = 0, down = 0;              // voters
  uint32_t votes_up = 0, votes_down = 0;  // theirs
  uint32_t known = 0;                     // voters heard lately

  uint32_t fresh() const { return up + down; }
  uint32_t supporters(bool is_up) const { return is_up ? up : down; }
  void Add(bool is_up, uint32_t votes) {
    ++(is_up ? up : down);
    (is_up ? votes_up : votes_down) += votes;
  }
};

/// `count`: of Quorum::kCount. nullopt: no outcome, what held before goes on.
std::optional<bool> IsUp(Quorum quorum, uint32_t count, const Poll& poll) noexcept;

}  // namespace waypost::liveness
