#include "dnsd/liveness/watchers.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace waypost::liveness {
namespace {

uint64_t Hash(std::string_view text, uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

bool HasVote(const Watcher& watcher, const VoteRule::Weights* weights) {
  if (weights == nullptr) return true;
  const auto found = weights->find(watcher.name);
  return found == weights->end() || found->second > 0;
}

struct Candidate {
  uint32_t index = 0;
  bool is_poor = false;  // it cannot look, or doubts what it sees
  uint32_t region = 0;
  uint64_t hash = 0;
};

}  // namespace

Watchers::Watchers(std::vector<Watcher> watchers) : watchers_(std::move(watchers)) {
  // By name, so that the order in which they came does not decide between equal hashes.
  std::sort(watchers_.begin(), watchers_.end(),
            [](const Watcher& a, const Watcher& b) { return a.name < b.name; });
  std::vector<std::string> names;
  for (const Watcher& watcher : watchers_) {
    const auto found = std::find(names.begin(), names.end(), watcher.region);
    regions_.push_back(static_cast<uint32_t>(found - names.begin()));
    if (found == names.end()) names.push_back(watcher.region);
  }
}

std::vector<uint32_t> Watchers::Choose(std::string_view endpoint, uint32_t count,
                                       const VoteRule::Weights* weights,
                                       const std::set<std::string>* unable) const {
  const uint64_t seed = Hash(endpoint, 0);
  std::vector<Candidate> left;
  for (uint32_t i = 0; i < watchers_.size(); ++i) {
    const Watcher& watcher = watchers_[i];
    if (!HasVote(watcher, weights)) continue;
    const bool is_poor = watcher.doubts || (unable != nullptr && unable->contains(watcher.name));
    left.push_back({i, is_poor, regions_[i], Hash(watcher.name, seed)});
  }
  std::vector<uint32_t> chosen;
  std::vector<uint32_t> in_region(watchers_.size());
  const auto is_better = [&](const Candidate& a, const Candidate& b) {
    return std::tuple(a.is_poor, in_region[a.region], b.hash, a.index) <
           std::tuple(b.is_poor, in_region[b.region], a.hash, b.index);
  };
  while (chosen.size() < count && !left.empty()) {
    const auto best = std::min_element(left.begin(), left.end(), is_better);
    chosen.push_back(best->index);
    ++in_region[best->region];
    left.erase(best);
  }
  return chosen;
}

}  // namespace waypost::liveness
