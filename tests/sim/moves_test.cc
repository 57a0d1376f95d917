#include "tests/sim/moves.h"

#include <gtest/gtest.h>

namespace waypost::sim {
namespace {

TEST(MovesSim, NoBoundIsBrokenInAnyWorld) {
  constexpr uint64_t kRuns = WAYPOST_SEEDS / 10;
  Moves::Figures total;
  for (uint64_t seed = 1; seed <= kRuns; ++seed) {
    Moves moves(seed);
    const auto wrong = moves.Run();
    ASSERT_FALSE(wrong) << *wrong << "\nagain: sim_moves --seed " << seed << " --runs 1";
    total.moves += moves.figures().moves;
    total.held += moves.figures().held;
    total.drains += moves.figures().drains;
  }
  EXPECT_GT(total.moves, 10 * kRuns);
  EXPECT_GT(total.held, 100 * kRuns);
  EXPECT_GT(total.drains, kRuns);
}

}  // namespace
}  // namespace waypost::sim
