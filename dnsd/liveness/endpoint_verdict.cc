#include "dnsd/liveness/endpoint_verdict.h"

#include <algorithm>
#include <utility>

#include "dnsd/liveness/vote.h"

namespace waypost::liveness {
namespace {

/// Where so many vantages are known, one alone decides nothing.
constexpr uint32_t kMany = 3;
/// A vantage tries again after a tenth of the interval when a probe failed for the first time.
constexpr int kQuickTries = 10;

Steady NewestThatSuffices(const Tally& tally) {
  return tally.known >= kMany ? tally.second_newest : tally.newest;
}

/// Results still missing, at least one.
int64_t Missing(uint32_t threshold, uint32_t seen) {
  return std::max<int64_t>(int64_t{threshold} - seen, 1);
}

std::chrono::milliseconds TimeToFall(const VoteRule& rule, uint32_t contrary) {
  const int64_t missing = Missing(rule.fall, contrary);
  const auto quick = rule.interval / kQuickTries;
  return contrary > 0 ? quick * missing : rule.interval + quick * (missing - 1);
}

uint16_t WholeSeconds(std::chrono::milliseconds time) {
  return static_cast<uint16_t>(std::clamp<int64_t>(time.count() / 1000, 1, 0xFFFE));
}

}  // namespace

bool EndpointVerdict::IsEnough(const Tally& tally) {
  return tally.fresh() >= (tally.known >= kMany ? 2U : 1U) &&
         tally.poll.fresh() >= (tally.poll.known >= kMany ? 2U : 1U);
}

bool EndpointVerdict::IsAlone(bool up, const Tally& tally) {
  return (tally.known >= kMany && tally.supporters(up) < 2) ||
         (tally.poll.known >= kMany && tally.poll.supporters(up) < 2);
}

bool EndpointVerdict::MustWait(bool up, const Tally& tally) const {
  const bool others_to_come = tally.awaited || (!up_ && was_up_ == true);
  return !up && tally.fresh() == 1 && others_to_come;
}

bool EndpointVerdict::MayBecome(bool up, const VoteRule& rule, const Tally& tally, Steady now) {
  const auto waiting_since = std::exchange(alone_since_, std::nullopt);
  const bool is_flip = up_.has_value() || !up;
  blocked_ = is_flip && IsAlone(up, tally);
  if (blocked_) return false;
  if (!MustWait(up, tally)) return true;
  alone_since_ = waiting_since.value_or(now);
  return now - *alone_since_ >= rule.interval;
}

void EndpointVerdict::Decide(const VoteRule& rule, const Tally& tally, Steady now) {
  const auto outcome = IsUp(rule.quorum, rule.count, tally.poll);
  const bool changes = outcome && outcome != up_ && MayBecome(*outcome, rule, tally, now);
  if (changes) up_ = outcome;
  if (changes || !outcome || outcome == up_) alone_since_.reset();
}

Steady EndpointVerdict::NextUpdate(const VoteRule& rule, const Tally& tally) const {
  Steady next = tally.expires;
  if (!stale_) next = std::min(next, supported_at_ + rule.staleness + kInstant);
  if (alone_since_) next = std::min(next, *alone_since_ + rule.interval);
  if (blocked_) next = std::min(next, tally.known_until);
  return next;
}

Steady EndpointVerdict::Update(const VoteRule& rule, const Tally& tally, Steady now) {
  if (IsEnough(tally)) {
    blocked_ = false;
    supported_at_ = std::max(supported_at_, NewestThatSuffices(tally));
    Decide(rule, tally, now);
  } else {
    blocked_ = tally.fresh() > 0;
    alone_since_.reset();
  }
  stale_ = supported_at_ == Steady::min() || now - supported_at_ > rule.staleness;
  return NextUpdate(rule, tally);
}

Standing EndpointVerdict::standing() const {
  if (up_) {
    if (stale_) return *up_ ? Standing::kStaleUp : Standing::kStaleDown;
    return *up_ ? Standing::kUp : Standing::kDown;
  }
  if (!was_up_) return Standing::kNoData;
  return *was_up_ ? Standing::kLastUp : Standing::kLastDown;
}

uint16_t EndpointVerdict::ttl_cap_s(const VoteRule& rule, const Tally& tally) const {
  if (!up_ || stale_ || alone_since_) return 1;
  if (*up_) return WholeSeconds(TimeToFall(rule, tally.contrary_up));
  return WholeSeconds(rule.interval * Missing(rule.rise, tally.contrary_down));
}

}  // namespace waypost::liveness
