#include "dnsd/liveness/reason.h"

#include <fmt/format.h>

#include <algorithm>
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
  const Failure failure = FailureIn(ballot);
  if (failure.layer == 0) return "";
  std::string words(LayerName(failure.layer));
  const std::string_view fault = FaultName(failure.fault);
  if (!fault.empty()) words += fmt::format("/{}", fault);
  if (!failure.detail.empty()) words += ": " + failure.detail;
  return fmt::format(" ({})", words);
}

std::string FromVotes(bool up, const Ballot& ballot, const Tally& tally) {
  const std::string_view word = up ? "up" : "down";
  if (tally.fresh() == 0) return fmt::format("{}, waiting for new evidence", word);
  return fmt::format("{} from {} of {}{}", word, tally.supporters(up), tally.fresh(),
                     up ? "" : WhatFailed(ballot));
}

std::string Suspended(const Tally& tally) {
  return tally.suspended > 0 ? fmt::format("; {} suspended", tally.suspended) : "";
}

std::string Verdict(bool up, const Ballot& ballot, const Tally& tally, const Roster& roster,
                    const VoteRule& rule, bool dissent, Steady now) {
  const std::string trouble = up ? PathTrouble(ballot, tally, roster, rule, dissent, now) : "";
  return FromVotes(up, ballot, tally) + (trouble.empty() ? "" : "; " + trouble) + Suspended(tally);
}

/// Vantages that are known and shall watch.
uint32_t Expected(const Tally& tally, const VoteRule& rule) {
  return rule.vantages == 0 ? tally.known : std::min(rule.vantages, tally.known);
}

bool HasOpinion(const Evidence& evidence) { return evidence.opinion != Opinion::kNone; }

/// Why vantages could not look, where one says so.
std::string WhyUnable(const Ballot& ballot) {
  const Evidence* unable = Latest(ballot, [](const Evidence& evidence) {
    return !HasOpinion(evidence) && !evidence.detail.empty();
  });
  return unable == nullptr ? "" : ": " + unable->detail;
}

std::string Stale(bool was_up, const Ballot& ballot, const Tally& tally, const VoteRule& rule,
                  Steady now) {
  const std::string_view word = was_up ? "up" : "down";
  if (tally.fresh() > 0) {
    return fmt::format("stale: evidence from only {} of {} vantages, was {}{}", tally.fresh(),
                       Expected(tally, rule), word, Suspended(tally));
  }
  if (tally.suspended > 0) {
    return fmt::format("stale: no evidence that counts, was {}{}", word, Suspended(tally));
  }
  const Evidence* last = Latest(ballot, HasOpinion);
  if (last == nullptr) return fmt::format("stale: no evidence, was {}{}", word, WhyUnable(ballot));
  return fmt::format("stale: no evidence for {} s, was {}", Seconds(now - last->observed), word);
}

}  // namespace

std::string_view LayerName(uint8_t layer) {
  static constexpr std::array<std::string_view, 8> kNames{"none", "resolve", "route",    "connect",
                                                          "tls",  "request", "response", "content"};
  return layer < kNames.size() ? kNames[layer] : "unknown layer";
}

std::string_view FaultName(uint8_t fault) {
  switch (fault) {
    case 2:
      return "unreachable";
    case 3:
      return "refused";
    case 4:
      return "timeout";
    case 5:
      return "reset";
    case 6:
      return "closed";
    case 7:
      return "malformed";
    case 8:
      return "slow";
    case 9:
      return "loss";
    case 10:
      return "jitter";
    case 16:
      return "tls_chain";
    case 17:
      return "tls_name";
    case 18:
      return "tls_expired";
    case 19:
      return "tls_expires_soon";
    case 20:
      return "tls_version";
    case 21:
      return "tls_cipher";
    case 22:
      return "tls_client_certificate";
    case 23:
      return "tls_alpn";
    case 32:
      return "status";
    case 33:
      return "body";
    default:
      return "";
  }
}

Failure FailureIn(const Ballot& ballot) {
  const Evidence* down = Latest(ballot, [](const Evidence& evidence) {
    return evidence.opinion == Opinion::kDown && evidence.failed_layer != 0;
  });
  if (down == nullptr) return {};
  return {down->failed_layer, down->fault, down->detail};
}

std::string ReasonFor(Standing standing, const Ballot& ballot, const Tally& tally,
                      const Roster& roster, const VoteRule& rule, bool dissent, Steady now) {
  switch (standing) {
    case Standing::kUnmonitored:
      return "not monitored";
    case Standing::kUp:
    case Standing::kDown:
      return Verdict(standing == Standing::kUp, ballot, tally, roster, rule, dissent, now);
    case Standing::kStaleUp:
    case Standing::kStaleDown:
      return Stale(standing == Standing::kStaleUp, ballot, tally, rule, now);
    case Standing::kNoData:
      return "no verdict yet" + WhyUnable(ballot);
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
    case Standing::kPanic:
    case Standing::kShort:
    case Standing::kHeld:
      break;
  }
  return "";
}

std::string SignalReason(const SignalTable::Row& signal, Steady now) {
  if (!signal.told || signal.told->until <= now) {
    return fmt::format("down: nobody renewed signal {}", signal.spec.name);
  }
  const std::string reason = signal.told->reason.empty() ? "" : " (" + signal.told->reason + ")";
  return fmt::format("down: signal {} is down{}", signal.spec.name, reason);
}

std::string DampedReason(const Temper& temper, Standing verdict, Steady now) {
  const bool is_up = verdict == Standing::kUp || verdict == Standing::kStaleUp;
  return fmt::format("down: damped with a penalty of {:.1f}, {} {} s", temper.penalty(),
                     is_up ? "up again in" : "not before", Seconds(temper.damped_until() - now));
}

std::string SlowStartReason(uint8_t ramp) {
  if (ramp == Temper::kWhole) return "";
  return fmt::format("; slow start, {} % of its share", std::max(1, ramp * 100 / Temper::kWhole));
}

std::string_view PoolReason(Standing standing) {
  if (standing == Standing::kPanic) return "; used all the same: too few of its pool are up";
  return standing == Standing::kShort ? "; not used: too few of its pool are up" : "";
}

bool IsCounted(const Vote& vote, const Tally& tally, const Roster& roster, const VoteRule& rule,
               Steady now) {
  const Roster::Vantage& vantage = roster.vantages()[vote.vantage];
  return IsFresh(vote.evidence, rule, now) && !vantage.suspended && VotesOf(vantage, rule) > 0 &&
         EndpointVerdict::IsEnough(tally);
}

std::string WhyCounted(const Vote& vote, const Tally& tally, const Roster& roster,
                       const VoteRule& rule, Steady now) {
  const Roster::Vantage& vantage = roster.vantages()[vote.vantage];
  if (vote.evidence.opinion == Opinion::kNone) return "no opinion yet";
  if (!IsFresh(vote.evidence, rule, now)) {
    return fmt::format("stale: seen {} s ago", Seconds(now - vote.evidence.observed));
  }
  if (vantage.suspended) return "suspended: " + vantage.doubt.why;
  const uint32_t votes = VotesOf(vantage, rule);
  if (votes == 0) return "has no vote here";
  if (!EndpointVerdict::IsEnough(tally)) {
    return fmt::format("the only fresh one of {} vantages: does not decide alone",
                       Expected(tally, rule));
  }
  return votes == 1 ? "fresh" : fmt::format("fresh, {} votes", votes);
}

}  // namespace waypost::liveness
