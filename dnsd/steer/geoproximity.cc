#include "dnsd/steer/geoproximity.h"

#include <fmt/format.h>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

constexpr int kMaxBias = 99;
constexpr uint32_t kUnknownDistance = ~uint32_t{0};
// Biased distances are compared in units of 2^-7 km: the longest, 20,038 km x 100, needs 28 bits.
constexpr int kFractionBits = 7;

constexpr uint32_t FactorOf(int bias) {
  constexpr uint32_t kOne = 1U << 16;
  return bias >= 0 ? kOne * static_cast<uint32_t>(100 - bias) / 100
                   : kOne * 100 / static_cast<uint32_t>(100 + bias);
}

int CheckBias(int bias, const std::string& region, const StepParser& parser) {
  if (bias >= -kMaxBias && bias <= kMaxBias) return bias;
  parser.report().Fail("bias." + region, fmt::format("{} is not within -99 and 99", bias));
  return 0;
}

}  // namespace

Geoproximity Geoproximity::Parse(const v1::GeoproximityStep& message, const StepParser& parser) {
  std::vector<int> biases(parser.topology().regions.size());
  for (const auto& [name, bias] : message.bias()) {
    const int checked = CheckBias(bias, name, parser);
    if (const auto region = parser.FindRegion(name, "bias." + name)) biases[*region] = checked;
  }
  Geoproximity step;
  for (const Pool& pool : parser.topology().pools) {
    const Region& region = parser.topology().regions[pool.region];
    const int bias = biases[pool.region];
    step.sites_.push_back(
        {pool.region, region.place.has_coordinates, static_cast<int8_t>(bias), FactorOf(bias)});
  }
  return step;
}

bool Geoproximity::Matters(std::span<const PoolIndex> candidates) const {
  return std::any_of(candidates.begin(), candidates.end(), [&](PoolIndex pool) {
    return sites_[pool].region != sites_[candidates.front()].region;
  });
}

uint32_t Geoproximity::BiasedOf(PoolIndex pool, const StepContext& context) const {
  const Site& site = sites_[pool];
  const uint16_t km = context.world.clients->Distance(context.client.located.class_id)[site.region];
  if (!site.placed || km == geo::ClientMap::kUnknownDistance) return kUnknownDistance;
  return static_cast<uint32_t>((uint64_t{km} * site.factor) >> (16 - kFractionBits));
}

void Geoproximity::Apply(Candidates& candidates, StepContext& context) const {
  candidates.Order([&](const Candidate& c) { return BiasedOf(c.pool, context); }, 0,
                   context.front_only);
}

std::string Geoproximity::Summary(const Change& change, const StepContext& context) const {
  const auto known = [&](const Candidate& c) {
    return BiasedOf(c.pool, context) != kUnknownDistance;
  };
  if (std::none_of(change.before.begin(), change.before.end(), known)) {
    return "distances from this client are unknown: all are equal";
  }
  const auto front = FrontOf(change.after);
  return fmt::format("nearest: {} ({})", PoolsText(front, context), Why(front[0], context));
}

std::string Geoproximity::Why(const Candidate& candidate, const StepContext& context) const {
  const Site& site = sites_[candidate.pool];
  const uint32_t biased = BiasedOf(candidate.pool, context);
  if (biased == kUnknownDistance) return "unknown distance";
  const uint16_t km = context.world.clients->Distance(context.client.located.class_id)[site.region];
  if (site.bias == 0) return fmt::format("{} km", km);
  return fmt::format("{} km, with bias {:+} as {} km", km, site.bias, biased >> kFractionBits);
}

}  // namespace waypost::steer
