// Why an endpoint stands as it does, in words for logs, status and events.
//
// Thread safety: pure functions. Errors: none.
#pragma once

#include <string>
#include <string_view>

#include "dnsd/liveness/ballot.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/signals.h"
#include "dnsd/liveness/temper.h"

namespace waypost::liveness {

/// The word for a layer, numbered as in the evidence protocol: none, resolve, route, connect, tls,
/// request, response, content.
std::string_view LayerName(uint8_t layer);

/// The word for a fault, numbered as in the evidence protocol: "refused", "timeout", ...; empty for
/// none.
std::string_view FaultName(uint8_t fault);

/// What the latest evidence of down names, and how many say so.
struct Failure {
  uint8_t layer = 0;
  uint8_t fault = 0;
  std::string detail;
};
Failure FailureIn(const Ballot& ballot);

/// Such as "down from 2 of 3 (connect/refused: connection refused)", or "up from 3 of 5, down from
/// 2, both in AS 64500: path trouble suspected"; `tally` is the count of `ballot` now, `dissent` as
/// `goes_on` below.
std::string ReasonFor(Standing standing, const Ballot& ballot, const Tally& tally,
                      const Roster& roster, const VoteRule& rule, bool dissent, Steady now);

/// Those who say "down" while the others say "up" stand together, where none of the others does:
/// such as "down from 2 of 5, both in AS 64500: path trouble suspected"; else empty. `goes_on`:
/// this was so before, and they need not have had the time to see the same again.
std::string PathTrouble(const Ballot& ballot, const Tally& tally, const Roster& roster,
                        const VoteRule& rule, bool goes_on, Steady now);

/// Why an endpoint is down whose signal is.
std::string SignalReason(const SignalTable::Row& signal, Steady now);
/// Why an endpoint is kept down that flips all the time.
std::string DampedReason(const Temper& temper, Standing verdict, Steady now);
/// What an endpoint's share of the answers adds to its reason, of Temper::kWhole; empty: nothing.
std::string SlowStartReason(uint8_t ramp);
/// What a pool's own rule adds to the reason of its endpoints; empty: nothing.
std::string_view PoolReason(Standing standing);

/// Why a vote counts or not, such as "stale: seen 18 s ago".
std::string WhyCounted(const Vote& vote, const Tally& tally, const Roster& roster,
                       const VoteRule& rule, Steady now);
/// Whether a fresh vote can move the verdict: not a lone one where three or more are known.
bool IsCounted(const Vote& vote, const Tally& tally, const Roster& roster, const VoteRule& rule,
               Steady now);

}  // namespace waypost::liveness
