#include "dnsd/steer/words.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "dnsd/geo/atlas.h"

namespace waypost::steer {

namespace {

// More than this in one line is not read.
constexpr size_t kNamesInLine = 4;

constexpr std::array<std::string_view, liveness::kStandings> kStandingWords = {
    "unmonitored", "up",       "down",      "stale, was up", "stale, was down",
    "no data yet", "last up",  "last down", "forced up",     "forced down",
    "drained",     "in panic", "short",     "held"};
static_assert(!kStandingWords.back().empty());

}  // namespace

std::string MillisecondsText(uint32_t tenths) {
  return fmt::format("{}.{} ms", tenths / 10, tenths % 10);
}

std::string LoadText(const liveness::Load& load) {
  return fmt::format("{:.0f} % used ({:g} of {:g})", load.utilisation() * 100, load.used,
                     load.capacity);
}

std::string StandingsText(liveness::StandingSet standings) {
  std::string text;
  for (unsigned s = 0; s < kStandingWords.size(); ++s) {
    if (((standings >> s) & 1) == 0) continue;
    text += (text.empty() ? "" : "; ") + std::string(kStandingWords[s]);
  }
  return text;
}

std::string ClientPlaceText(const StepContext& context) {
  const geo::ClientClass& client = context.client_class();
  std::string text;
  if (client.subdivision != 0) {
    text = context.world.steering->vocabulary.subdivisions[client.subdivision - 1];
  } else if (client.country != 0) {
    text = geo::CountryName(client.country);
  }
  if (client.continent != geo::Continent::kUnknown) {
    text += (text.empty() ? "" : ", ") + std::string(geo::ContinentName(client.continent));
  }
  return text.empty() ? "an unknown place" : text;
}

std::string PoolsText(std::span<const Candidate> pools, const StepContext& context) {
  std::string text;
  for (const Candidate& c : pools.first(std::min(pools.size(), kNamesInLine))) {
    text += (text.empty() ? "" : ", ") + context.pool(c.pool).name;
  }
  if (pools.size() > kNamesInLine) text += fmt::format(" and {} more", pools.size() - kNamesInLine);
  return text;
}

std::string KeptText(const Change& change, const StepContext& context) {
  if (change.after.empty()) return fmt::format("kept none of {}", change.before.size());
  if (change.after.size() == change.before.size()) {
    return fmt::format("kept all {}", change.before.size());
  }
  return "kept " + PoolsText(change.after, context);
}

std::span<const Candidate> FrontOf(std::span<const Candidate> candidates) {
  size_t end = 0;
  while (end < candidates.size() && candidates[end].rank == candidates[0].rank) ++end;
  return candidates.first(end);
}

}  // namespace waypost::steer
