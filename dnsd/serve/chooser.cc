#include "dnsd/serve/chooser.h"

#include <chrono>

namespace waypost::serve {
namespace {

/// Reading the clock twice costs about as much as a decision; one in 256 keeps that below half a
/// percent.
constexpr uint64_t kTimedMask = 255;

}  // namespace

steer::Decision Chooser::Choose(const Snapshot& snapshot, const steer::Record& record,
                                steer::Want want, const steer::Client& client) noexcept {
  const steer::Draw draw = {.random = random_.Next(),
                            .sequence = sequences_[static_cast<size_t>(want)]++};
  const steer::World world = snapshot.world();
  const bool timed = (tally_.decisions.Read() & kTimedMask) == 0;
  const steer::Decision decision = timed ? Timed(record, want, client, world, draw)
                                         : decide_(record, want, client, world, draw, nullptr);
  tally_.decisions.Add();
  tally_.outcomes[static_cast<size_t>(decision.outcome)].Add();
  if (decision.count > 0) tally_.answers_by_slot[snapshot.pool_slots[decision.pool]].Add();
  return decision;
}

steer::Decision Chooser::Timed(const steer::Record& record, steer::Want want,
                               const steer::Client& client, const steer::World& world,
                               const steer::Draw& draw) noexcept {
  const auto start = std::chrono::steady_clock::now();
  const steer::Decision decision = decide_(record, want, client, world, draw, nullptr);
  const auto took = std::chrono::steady_clock::now() - start;
  tally_.CountDecisionTime(
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()));
  return decision;
}

}  // namespace waypost::serve
