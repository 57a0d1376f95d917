// A small fleet: all agree soon, the work is shared, and a burning world costs about what a quiet
// one does.
#include "tests/sim/fleet/fleet.h"

#include <gtest/gtest.h>

namespace waypost::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr FleetSize kSmall{3, 5, 4, 25, 0, milliseconds(1000)};
constexpr FleetSize kShared{3, 5, 4, 25, 3, milliseconds(1000)};

TEST(Fleet, EveryDirectorKnowsALostRegionSoonAndItsReturn) {
  for (const FleetSize& size : {kSmall, kShared}) {
    Fleet fleet(size);
    EXPECT_LE(fleet.RunUntil(0, true, seconds(10)), seconds(3));
    fleet.Run(seconds(20));
    fleet.Set(0, false);
    // An interval, three probes that hang for half a second, the way there, and a margin.
    EXPECT_LE(fleet.RunUntil(0, false, seconds(10)), milliseconds(3500));
    fleet.Set(0, true);
    EXPECT_LE(fleet.RunUntil(0, true, seconds(10)), milliseconds(3500));
  }
}

TEST(Fleet, ABurningWorldCostsADirectorAboutAsMuchAsAQuietOne) {
  Fleet fleet(kSmall);
  fleet.Run(seconds(20));
  fleet.TakeCost();
  fleet.Run(seconds(20));
  const Cost quiet = fleet.TakeCost();
  for (size_t pool = 0; pool < 4; ++pool) fleet.Set(pool, false);
  fleet.Run(seconds(20));
  const Cost burning = fleet.TakeCost();
  EXPECT_GT(quiet.octets_in, 1000);
  EXPECT_LT(burning.octets_in, 2 * quiet.octets_in);
  EXPECT_EQ(burning.octets_out, 0) << "nobody is told to watch anything else";
}

TEST(Fleet, SharedWatchingCostsItsShare) {
  Fleet all(kSmall), shared(kShared);
  for (Fleet* fleet : {&all, &shared}) {
    fleet->Run(seconds(30));
    fleet->TakeCost();
    fleet->Run(seconds(20));
  }
  EXPECT_LT(shared.TakeCost().octets_in, 0.7 * all.TakeCost().octets_in);
  EXPECT_EQ(all.MostAssigned(), 100U);
  EXPECT_LT(shared.MostAssigned(), 85U);
}

}  // namespace
}  // namespace waypost::sim
