// What every vantage last said about one endpoint, and what of it counts now.
//
// An opinion is fresh, and has a vote, while its evidence is not older than the staleness bound;
// evidence of "down" may be older by the pauses between probes of what has been down for long.
// Evidence of the same vantage must come with rising sequence numbers; what comes late is refused.
// A vantage that restarts counts from the beginning, and says so by a full report (Remove first).
//
// Thread safety: one thread. Errors: late evidence is refused by the return value.
#pragma once

#include <cstdint>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/evidence.h"
#include "dnsd/liveness/roster.h"

namespace waypost::liveness {

/// Time in which a bound that has been reached becomes a bound that has passed.
inline constexpr Steady::duration kInstant{1};

struct Vote {
  Roster::Index vantage = 0;
  Evidence evidence;
};

/// A count of a ballot at one moment.
struct Tally {
  Poll poll;                      // what the voters say
  uint32_t up = 0;                // vantages that are fresh
  uint32_t down = 0;              // the same
  uint32_t stale = 0;             // of known vantages, no longer fresh
  uint32_t suspended = 0;         // fresh, but they doubt themselves
  uint32_t known = 0;             // vantages heard lately, whatever they said about this endpoint
  bool awaited = false;           // a connected vantage has not said anything about it yet
  uint32_t contrary_up = 0;       // most results against a fresh opinion "up"
  uint32_t contrary_down = 0;     // the same against "down"
  Steady newest = Steady::min();  // RenewedBy of the fresh; min: none
  Steady second_newest = Steady::min();  // of another fresh vantage
  Steady expires = Steady::max();        // the first fresh one is no longer so
  Steady known_until = Steady::max();    // the first known vantage is no longer so

  uint32_t fresh() const { return up + down; }
  uint32_t supporters(bool is_up) const { return is_up ? up : down; }
};

class Ballot {
 public:
  /// False: late, nothing changed. Times in the future count as now.
  bool Put(Roster::Index vantage, Evidence evidence, Steady now);
  /// True: it had said something.
  bool Remove(Roster::Index vantage);
  /// The same, unless it had said "up".
  bool RemoveDown(Roster::Index vantage);

  const std::vector<Vote>& votes() const { return votes_; }
  /// Complexity: the votes and the vantages in the roster.
  Tally Count(const Roster& roster, const VoteRule& rule, Steady now) const;

 private:
  std::vector<Vote> votes_;  // one a vantage
};

/// When evidence was obtained, as far as staleness goes: that of "down" comes after longer pauses.
inline Steady RenewedBy(const Evidence& evidence, const VoteRule& rule) {
  return evidence.observed +
         (evidence.opinion == Opinion::kDown ? rule.backoff : std::chrono::milliseconds(0));
}

inline bool IsFresh(const Evidence& evidence, const VoteRule& rule, Steady now) {
  return evidence.opinion != Opinion::kNone && now - RenewedBy(evidence, rule) <= rule.staleness;
}

/// What the vantages read of the endpoint's load: of those whose votes count the one in the middle,
/// by utilisation; of two the lower.
Load LoadIn(const Ballot& ballot, const Roster& roster, const VoteRule& rule, Steady now);

/// How many votes a vantage has.
uint32_t VotesOf(const Roster::Vantage& vantage, const VoteRule& rule);

}  // namespace waypost::liveness
