// Hours of the month: what the whole month is measured by holds in them too.
#include "tests/sim/month.h"

#include <gtest/gtest.h>

namespace waypost::sim {
namespace {

constexpr std::chrono::hours kLength{WAYPOST_HOURS};

TEST(Month, NoFalseFailoverAndHardlyAnAnswerThatNamesTheDead) {
  for (const uint64_t seed : {1, 2}) {
    Month month(Month::ScenarioOf(seed, kLength, milliseconds(1000)));
    ASSERT_EQ(month.Run(), std::nullopt);
    EXPECT_EQ(month.waypost().false_failovers, 0U) << seed;
    EXPECT_EQ(month.waypost().false_downs, 0U) << seed;
    EXPECT_LE(month.waypost().dead_share(), 1e-4) << seed;
    EXPECT_GT(month.waypost().answers, 40'000U * WAYPOST_HOURS);
    EXPECT_GT(month.bad_times(), WAYPOST_HOURS / 6U);
  }
}

TEST(GdnsdRule, IsThatOfItsManual) {
  GdnsdService service({});
  service.Add(true);
  for (int i = 0; i < 9; ++i) service.Add(false);
  EXPECT_TRUE(service.up());
  for (int i = 0; i < 9; ++i) service.Add(true);
  service.Add(false);
  EXPECT_FALSE(service.up()) << "failures count that no ten successes in a row cleared";
  for (int i = 0; i < 19; ++i) service.Add(true);
  EXPECT_FALSE(service.up());
  service.Add(true);
  EXPECT_TRUE(service.up());
}

}  // namespace
}  // namespace waypost::sim
