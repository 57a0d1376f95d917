#include "dnsd/liveness/pool_health.h"

namespace waypost::liveness {
namespace {

constexpr StandingSet kUsableByItself = Bit(Standing::kUnmonitored) | Bit(Standing::kUp) |
                                        Bit(Standing::kStaleUp) | Bit(Standing::kNoData) |
                                        Bit(Standing::kLastUp);
constexpr StandingSet kUsable = kUsableByItself | Bit(Standing::kForcedUp);

bool IsIn(const EndpointWord& word, StandingSet set) { return (Bit(word.standing) & set) != 0; }

void Become(Standing standing, StandingSet from, std::span<EndpointWord> words) {
  for (EndpointWord& word : words) {
    if (IsIn(word, from)) word.standing = standing;
  }
}

}  // namespace

void ApplyPoolHealth(const PoolHealth& rule, std::span<const uint16_t> weights,
                     std::span<EndpointWord> words) {
  uint64_t usable = 0, all = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    const uint64_t share = rule.by_weight ? weights[i] : 1;
    if (IsIn(words[i], kUsable)) usable += share;
    if (IsIn(words[i], kUsable | kDownByEvidence)) all += share;
  }
  if (usable < rule.min_up) {
    Become(Standing::kShort, kUsableByItself, words);
  } else if (usable > 0 && usable * 100 < rule.panic_below_percent * all) {
    Become(Standing::kPanic, kDownByEvidence, words);
  }
}

void TakeOut(std::span<EndpointWord> words) {
  Become(Standing::kShort, kUsableByItself, words);
  Become(Standing::kDown, Bit(Standing::kPanic), words);
}

}  // namespace waypost::liveness
