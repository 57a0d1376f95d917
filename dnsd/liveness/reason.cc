#include "dnsd/liveness/reason.h"

#include <fmt/format.h>

#include <array>

#include "dnsd/liveness/endpoint_verdict.h"

namespace waypost::liveness {
namespace {

int64_t Seconds(Steady::duration age) {
  return std::chrono::duration_cast<std::chrono::seconds>(age).count();
}

/// The latest evidence that `accept`s; null: none.
template <typename Accept>
const Evidence* Latest(const Ballot& ballot, Accept accept) {
  const Evidence* latest = nullptr;
  for (const Vote& vote : ballot.votes()) {
    if (!accept(vote.evidence)) continue;
    if (latest == nullptr || vote.evidence.observed > latest->observed) latest = &vote.evidence;
  }
  return latest;
}

std::string WhatFailed(const Ballot& ballot) {
  const Evidence* down = Latest(ballot, [](const Evidence& evidence) {
    return evidence.opinion == Opinion::kDown && evidence.failed_layer != 0;
  });
  if (down == nullptr) return "";
  if (down->detail.empty()) return fmt::format(" ({})", LayerName(down->failed_layer));
  return fmt::format(" ({}: {})", LayerName(down->failed_layer), down->detail);
}

std::string FromVotes(bool up, const Ballot& ballot, const Tally& tally) {
  const std::string_view word = up ? "up" : "down";
  if (tally.fresh() == 0) return fmt::format("{}, waiting for new evidence", word);
  return fmt::format("{} from {} of {}{}", word, tally.supporters(up), tally.fresh(),
                     up ? "" : WhatFailed(ballot));
}

std::string Stale(bool was_up, const Ballot& ballot, const Tally& tally, Steady now) {
  const std::string_view word = was_up ? "up" : "down";
  if (tally.fresh() > 0) {
    return fmt::format("stale: evidence from only {} of {} vantages, was {}", tally.fresh(),
                       tally.known, word);
  }
  const Evidence* last = Latest(ballot, [](const Evidence&) { return true; });
  if (last == nullptr) return fmt::format("stale: no evidence, was {}", word);
  return fmt::format("stale: no evidence for {} s, was {}", Seconds(now - last->observed), word);
}

}  // namespace

std::string_view LayerName(uint8_t layer) {
  static constexpr std::array<std::string_view, 8> kNames{"none", "resolve", "route",    "connect",
                                                          "tls",  "request", "response", "content"};
  return layer < kNames.size() ? kNames[layer] : "unknown layer";
}

std::string ReasonFor(Standing standing, const Ballot& ballot, const Tally& tally, Steady now) {
  switch (standing) {
    case Standing::kUnmonitored:
      return "not monitored";
    case Standing::kUp:
    case Standing::kDown:
      return FromVotes(standing == Standing::kUp, ballot, tally);
    case Standing::kStaleUp:
    case Standing::kStaleDown:
      return Stale(standing == Standing::kStaleUp, ballot, tally, now);
    case Standing::kNoData:
      return "no verdict yet";
    case Standing::kLastUp:
      return "no verdict yet, was up before the restart";
    case Standing::kLastDown:
      return "no verdict yet, was down before the restart";
    case Standing::kForcedUp:
      return "forced up by operator";
    case Standing::kForcedDown:
      return "forced down by operator";
    case Standing::kDrained:
      return "drained";
  }
  return "";
}

bool IsCounted(const Evidence& evidence, const Tally& tally, std::chrono::milliseconds staleness,
               Steady now) {
  return IsFresh(evidence, staleness, now) && EndpointVerdict::IsEnough(tally);
}

std::string WhyCounted(const Evidence& evidence, const Tally& tally,
                       std::chrono::milliseconds staleness, Steady now) {
  if (evidence.opinion == Opinion::kNone) return "no opinion yet";
  if (!IsFresh(evidence, staleness, now)) {
    return fmt::format("stale: seen {} s ago", Seconds(now - evidence.observed));
  }
  if (EndpointVerdict::IsEnough(tally)) return "fresh";
  return fmt::format("the only fresh one of {} vantages: does not decide alone", tally.known);
}

}  // namespace waypost::liveness
