#include "dnsd/steer/latency.h"

#include <fmt/format.h>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kDefaultTolerance{10};
constexpr DurationRange kToleranceRange{seconds(0), seconds(10), "0 and 10s"};
// Beyond every known time plus every tolerance.
constexpr uint32_t kUnknownTime = 1U << 24;

}  // namespace

Latency Latency::Parse(const v1::LatencyStep& message, const StepParser& parser) {
  Latency step;
  const auto tolerance =
      message.has_tolerance()
          ? CheckDuration(message.tolerance(), kToleranceRange, "tolerance", parser.report())
          : kDefaultTolerance;
  step.tolerance_ = static_cast<uint32_t>(tolerance / std::chrono::microseconds(100));
  for (const Pool& pool : parser.topology().pools) {
    const auto& regions = parser.topology().regions;
    step.sites_.push_back({pool.region, regions[pool.region].place.has_coordinates});
  }
  return step;
}

bool Latency::Matters(std::span<const PoolIndex> candidates) const {
  return std::any_of(candidates.begin(), candidates.end(), [&](PoolIndex pool) {
    return sites_[pool].region != sites_[candidates.front()].region;
  });
}

Latency::Times Latency::TimesOf(const StepContext& context) {
  const geo::ClientMap& clients = *context.world.clients;
  const uint32_t id = context.client.located.class_id;
  return {clients.Rtt(id), clients, id};
}

uint32_t Latency::RttOf(PoolIndex pool, const Times& times) const {
  const Site site = sites_[pool];
  const uint16_t rtt = times.rtt[site.region];
  const bool known =
      rtt != geo::ClientMap::kUnknownRtt && (site.placed || times.IsMeasured(site.region));
  return known ? rtt : kUnknownTime;
}

void Latency::Apply(Candidates& candidates, StepContext& context) const {
  const Times times = TimesOf(context);
  candidates.Order([&](const Candidate& c) { return RttOf(c.pool, times); }, tolerance_,
                   context.front_only);
}

std::string Latency::Summary(const Change& change, const StepContext& context) const {
  const Times times = TimesOf(context);
  const auto known = [&](const Candidate& c) { return RttOf(c.pool, times) != kUnknownTime; };
  if (std::none_of(change.before.begin(), change.before.end(), known)) {
    return "times from this client are unknown: all are equal";
  }
  std::string text;
  for (const Candidate& c : change.after.first(std::min<size_t>(change.after.size(), 4))) {
    text += (text.empty() ? "" : ", ") + context.pool(c.pool).name + ": " + Why(c, context);
  }
  return text + fmt::format("; those within {} of the best are in front: {}",
                            MillisecondsText(tolerance_),
                            PoolsText(FrontOf(change.after), context));
}

std::string Latency::Why(const Candidate& candidate, const StepContext& context) const {
  const Times times = TimesOf(context);
  const uint32_t rtt = RttOf(candidate.pool, times);
  if (rtt == kUnknownTime) return "unknown time";
  const bool measured = times.IsMeasured(sites_[candidate.pool].region);
  return MillisecondsText(rtt) + (measured ? " measured" : " model");
}

}  // namespace waypost::steer
