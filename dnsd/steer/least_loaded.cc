#include "dnsd/steer/least_loaded.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

/// The chance of each candidate, as a number of lots.
class Lots {
 public:
  /// Reads each pool's load once, for it may change meanwhile.
  Lots(std::span<const Candidate> front, const StepContext& context) noexcept
      : size_(front.size()) {
    ReadFree(front, *context.world.board);
    for (size_t i = 0; i < size_; ++i) lots_[i] = front[i].weight * PartsOf(i);
    if (Total() > 0) return;
    for (size_t i = 0; i < size_; ++i) lots_[i] = front[i].weight;
    if (Total() == 0) std::fill_n(lots_.begin(), size_, 1U);
  }

  std::span<const uint32_t> all() const { return {lots_.data(), size_}; }

  size_t Draw(Random& random) const {
    uint64_t rest = random.Below(Total());
    size_t i = 0;
    while (rest >= lots_[i]) rest -= lots_[i++];
    return i;
  }

 private:
  static constexpr float kUnknown = -1;

  uint64_t Total() const {
    return std::accumulate(lots_.begin(), lots_.begin() + static_cast<std::ptrdiff_t>(size_),
                           uint64_t{0});
  }

  void ReadFree(std::span<const Candidate> front, const liveness::Board& board) {
    float sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < size_; ++i) {
      const liveness::Load load = board.load(front[i].pool);
      free_[i] = load.is_known() ? load.free() : kUnknown;
      if (!load.is_known()) continue;
      ++known;
      sum += load.free();
      most_ = std::max(most_, load.free());
    }
    if (known > 0) mean_ = sum / static_cast<float>(known);
  }

  /// What has little free has one part at least.
  uint32_t PartsOf(size_t i) const {
    if (most_ <= 0) return LeastLoaded::kParts;
    const float free = free_[i] == kUnknown ? mean_ : free_[i];
    if (free <= 0) return 0;
    return std::max(1U, static_cast<uint32_t>(LeastLoaded::kParts * (free / most_)));
  }

  size_t size_;
  float most_ = 0;
  float mean_ = 0;
  std::array<float, kMaxCandidates> free_;
  std::array<uint32_t, kMaxCandidates> lots_;
};

std::string FreeText(const Candidate& candidate, const StepContext& context) {
  const liveness::Load load = context.world.board->load(candidate.pool);
  return load.is_known() ? fmt::format("{:g} of {:g} free", load.free(), load.capacity)
                         : std::string("load unknown");
}

}  // namespace

LeastLoaded LeastLoaded::Parse(const v1::LeastLoadedStep& message, const StepParser& parser) {
  LeastLoaded step;
  step.sticky_ = message.sticky();
  if (step.sticky_) step.race_ = PoolRace(parser.topology());
  return step;
}

void LeastLoaded::Apply(Candidates& candidates, StepContext& context) const {
  const auto front = candidates.front();
  if (front.size() < 2) return;
  const Lots lots(front, context);
  if (sticky_) {
    const uint64_t key = HashNetwork(context.client.address, context.client.source_length, 0);
    candidates.PutInFront(race_.WinnerOf(front, lots.all(), key));
  } else {
    candidates.PutInFront(lots.Draw(context.random));
  }
}

std::string LeastLoaded::Summary(const Change& change, const StepContext& context) const {
  const Candidate& chosen = change.after.front();
  const std::string& name = context.pool(chosen.pool).name;
  const auto drawn_from = FrontOf(change.before);
  if (drawn_from.size() < 2) return "only " + name + " is in front";
  const bool none_known = std::none_of(
      drawn_from.begin(), drawn_from.end(),
      [&](const Candidate& c) { return context.world.board->load(c.pool).is_known(); });
  return fmt::format("drew {} ({}) {}", name,
                     none_known ? "no load is known: by weight" : FreeText(chosen, context),
                     sticky_ ? "for the client's network" : "for this query");
}

std::string LeastLoaded::Why(const Candidate& candidate, const StepContext& context) const {
  return fmt::format("{}, weight {}", FreeText(candidate, context), candidate.weight);
}

}  // namespace waypost::steer
