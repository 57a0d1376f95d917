#include "healthd/detect/pace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace waypost::detect {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The smallest and the largest of many draws.
template <typename Draw>
std::pair<microseconds, microseconds> Range(Draw draw) {
  microseconds least = draw();
  microseconds most = least;
  for (int i = 0; i < 10000; ++i) {
    const microseconds drawn = draw();
    least = std::min(least, drawn);
    most = std::max(most, drawn);
  }
  return {least, most};
}

TEST(Pace, AFewTargetsStartWithin50Milliseconds) {
  Random random(1);
  const auto [least, most] = Range([&] { return FirstDelay(3, seconds(5), random); });
  EXPECT_LT(least, milliseconds(1));
  EXPECT_LT(most, milliseconds(50));
  EXPECT_GT(most, milliseconds(45));
}

TEST(Pace, ManyTargetsSpreadOverASecondAtMost) {
  Random random(1);
  EXPECT_LT(Range([&] { return FirstDelay(400, seconds(5), random); }).second, milliseconds(400));
  const auto [least, most] = Range([&] { return FirstDelay(100000, seconds(5), random); });
  EXPECT_LT(most, seconds(1));
  EXPECT_GT(most, milliseconds(950));
}

TEST(Pace, AShortIntervalBoundsTheSpread) {
  Random random(1);
  EXPECT_LT(Range([&] { return FirstDelay(9999, milliseconds(100), random); }).second,
            milliseconds(100));
}

TEST(Pace, JittersTheIntervalByATenth) {
  Random random(1);
  const auto [least, most] = Range([&] { return RegularDelay(seconds(1), random); });
  EXPECT_GE(least, milliseconds(900));
  EXPECT_LT(least, milliseconds(905));
  EXPECT_LT(most, milliseconds(1100));
  EXPECT_GT(most, milliseconds(1095));
}

TEST(Pace, DoubtsAtATenthOfTheIntervalWithinBounds) {
  EXPECT_EQ(DoubtDelay(seconds(5)), milliseconds(500));
  EXPECT_EQ(DoubtDelay(milliseconds(50)), milliseconds(10));
  EXPECT_EQ(DoubtDelay(seconds(3600)), seconds(1));
}

TEST(Pace, BackoffDoublesUpToItsBoundLessAQuarterAtMost) {
  Random random(1);
  const auto draw = [&](uint32_t doublings) {
    return Range([&] { return BackoffDelay(seconds(5), seconds(60), doublings, random); });
  };
  EXPECT_LE(draw(1).second, seconds(10));
  EXPECT_GT(draw(1).first, milliseconds(7499));
  EXPECT_LE(draw(3).second, seconds(40));
  EXPECT_LE(draw(kMaxDoublings).second, seconds(60));
  EXPECT_GT(draw(kMaxDoublings).first, seconds(44));
}

TEST(Pace, CountsFromStartToStartWithoutOverlap) {
  const Steady started{seconds(100)};
  EXPECT_EQ(NextStart(started, started + seconds(1), seconds(5)), started + seconds(5));
  EXPECT_EQ(NextStart(started, started + seconds(7), seconds(5)), started + seconds(7));
}

}  // namespace
}  // namespace waypost::detect
