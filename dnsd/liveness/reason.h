// Why an endpoint stands as it does, in words for logs, status and events.
//
// Thread safety: pure functions. Errors: none.
#pragma once

#include <string>
#include <string_view>

#include "dnsd/liveness/ballot.h"
#include "dnsd/liveness/board.h"

namespace waypost::liveness {

/// The word for a layer, numbered as in the evidence protocol: none, resolve, route, connect, tls,
/// request, response, content.
std::string_view LayerName(uint8_t layer);

/// Such as "down from 2 of 3 (connect: connection refused)"; `tally` is the count of `ballot` now.
std::string ReasonFor(Standing standing, const Ballot& ballot, const Tally& tally, Steady now);

/// Why a vote counts or not, such as "stale: seen 18 s ago".
std::string WhyCounted(const Evidence& evidence, const Tally& tally,
                       std::chrono::milliseconds staleness, Steady now);
/// Whether a fresh vote can move the verdict: not a lone one where three or more are known.
bool IsCounted(const Evidence& evidence, const Tally& tally, std::chrono::milliseconds staleness,
               Steady now);

}  // namespace waypost::liveness
