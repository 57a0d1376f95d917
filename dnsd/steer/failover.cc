#include "dnsd/steer/failover.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kDefaultDelay{300};
constexpr DurationRange kDelayRange{seconds(1), hours(24 * 7), "1s and 7d"};
// Above every tier: a record has at most 512 pools, and tiers no more than there are pools.
constexpr uint32_t kHeld = 1U << 16;

}  // namespace

Failover Failover::Parse(const v1::FailoverStep& message, const StepParser& parser) {
  Failover step;
  if (message.tiers_size() > 0) step.ParseTiers(message, parser);
  step.ParseFailback(message, parser);
  return step;
}

void Failover::ParseTiers(const v1::FailoverStep& message, const StepParser& parser) {
  if (message.tiers_size() > static_cast<int>(kMaxPools)) {
    return parser.report().Fail("tiers", fmt::format("more than {}", kMaxPools));
  }
  tier_count_ = static_cast<uint16_t>(message.tiers_size());
  tiers_.assign(parser.topology().pools.size(), tier_count_);
  for (uint16_t tier = 0; tier < tier_count_; ++tier) {
    const auto& pools = message.tiers(tier).pools();
    const std::string path = Nth("tiers", tier);
    if (pools.empty()) parser.report().Fail(path, "has no pools");
    for (int i = 0; i < pools.size(); ++i) {
      const std::string field = Nth(path + ".pools", static_cast<size_t>(i));
      const auto pool = parser.FindPool(pools[i], field);
      if (!pool) continue;
      if (tiers_[*pool] != tier_count_) {
        parser.report().Fail(field, fmt::format("{} is already in tiers[{}]",
                                                Quoted("pool", pools[i]), tiers_[*pool]));
      } else {
        tiers_[*pool] = tier;
      }
    }
  }
}

void Failover::ParseFailback(const v1::FailoverStep& message, const StepParser& parser) {
  const bool delayed = message.failback() == v1::FAILBACK_DELAYED;
  const bool manual = message.failback() == v1::FAILBACK_MANUAL;
  if (!v1::Failback_IsValid(message.failback())) parser.report().Fail("failback", "unknown value");
  if (message.has_delay() && !delayed) {
    parser.report().Fail("delay", "counts only with failback: delayed");
  }
  if (!delayed && !manual) return;
  const auto delay = message.has_delay()
                         ? std::chrono::duration_cast<seconds>(CheckDuration(
                               message.delay(), kDelayRange, "delay", parser.report()))
                         : kDefaultDelay;
  holds_.assign(parser.topology().pools.size(), kNoHold);
  for (const PoolIndex pool : parser.OwnCandidates()) {
    holds_[pool] = parser.BookHold(pool, manual, delay);
  }
}

void Failover::Apply(Candidates& candidates, StepContext& context) const {
  candidates.Order(
      [&](const Candidate& c) { return TierOf(c) + (IsHeld(c.pool, context) ? kHeld : 0); }, 0,
      context.front_only);
}

uint32_t Failover::TierOf(PoolIndex pool, std::span<const PoolIndex> candidates) const {
  if (!tiers_.empty()) return tiers_[pool];
  const auto at = std::find(candidates.begin(), candidates.end(), pool);
  return static_cast<uint32_t>(at - candidates.begin());
}

std::string Failover::Summary(const Change& change, const StepContext& context) const {
  const auto front = FrontOf(change.after);
  return fmt::format("{} ({})", PoolsText(front, context), Why(front[0], context));
}

std::string Failover::Why(const Candidate& candidate, const StepContext& context) const {
  const uint32_t tier = TierOf(candidate);
  std::string text =
      tiers_.empty() || tier < tier_count_ ? fmt::format("tier {}", tier + 1) : "in no tier";
  if (IsHeld(candidate.pool, context)) text += ", up again but held back";
  return text;
}

}  // namespace waypost::steer
