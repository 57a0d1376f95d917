#include "dnsd/steer/pool_race.h"

#include "dnsd/base/random.h"

namespace waypost::steer {

PoolRace::PoolRace(const Topology& topology) {
  for (const Pool& pool : topology.pools) names_.push_back(HashName(pool.name));
}

template <typename Weight>
size_t PoolRace::Race(std::span<const Candidate> candidates, Weight weight,
                      uint64_t key) const noexcept {
  size_t winner = 0;
  Racer best;  // of weight 0: everyone beats it
  best.time = 1;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& c = candidates[i];
    const uint32_t w = weight(i);
    if (w == 0) continue;
    const Racer racer{RaceTime(Mix64(key ^ names_[c.pool])), w};
    // A dead heat goes to the lower index, which is the order of names.
    const bool wins = racer.Beats(best) || (!best.Beats(racer) && c.pool < candidates[winner].pool);
    if (!wins) continue;
    winner = i;
    best = racer;
  }
  return winner;
}

size_t PoolRace::WinnerOf(std::span<const Candidate> candidates, uint64_t key) const noexcept {
  const bool all_zero = TotalWeight(candidates) == 0;
  return Race(
      candidates, [&](size_t i) { return all_zero ? 1U : candidates[i].weight; }, key);
}

size_t PoolRace::WinnerOf(std::span<const Candidate> candidates, std::span<const uint32_t> lots,
                          uint64_t key) const noexcept {
  return Race(
      candidates, [&](size_t i) { return lots[i]; }, key);
}

uint64_t TotalWeight(std::span<const Candidate> candidates) noexcept {
  uint64_t total = 0;
  for (const Candidate& c : candidates) total += c.weight;
  return total;
}

}  // namespace waypost::steer
