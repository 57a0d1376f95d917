#include "healthd/detect/rhythm.h"

#include <gtest/gtest.h>

#include <string>

namespace waypost::detect {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RhythmTest : public ::testing::Test {
 protected:
  /// The pause after the last of these results ('+' success, '-' failure), each at its time.
  microseconds After(const std::string& results) {
    microseconds pause{0};
    for (const char result : results) {
      detector_.Add(result == '+', now_);
      pause = rhythm_.Next(detector_, now_, random_);
      now_ += pause;
    }
    return pause;
  }

  Steady now_{seconds(1000)};
  Random random_{1};
  Detector detector_{{2, 3, 3}};
  Rhythm rhythm_{{seconds(5), milliseconds(22'200), seconds(60)}};
};

TEST_F(RhythmTest, LooksAgainSoonAfterAFailureAndAtTheIntervalAfterASuccess) {
  EXPECT_EQ(After("+-"), milliseconds(500));
  EXPECT_EQ(After("-"), milliseconds(500));
  EXPECT_GE(After("+"), milliseconds(4500));
}

TEST_F(RhythmTest, LooksAgainSoonWhereTheVeryFirstProbeFailed) {
  EXPECT_EQ(After("-"), milliseconds(500));
}

TEST_F(RhythmTest, KeepsTheIntervalWhileAnEndpointIsNotDownForLong) {
  EXPECT_GE(After("---"), milliseconds(4500));
  EXPECT_LE(After("--"), milliseconds(5500));
}

TEST_F(RhythmTest, PausesGrowToTheirBoundWhenItIsDownForLong) {
  After("-------");
  const auto first = After("-");
  EXPECT_GT(first, milliseconds(5500));
  EXPECT_LE(first, seconds(10));
  After("-----");
  EXPECT_GT(After("-"), seconds(44));
  EXPECT_LE(After("-"), seconds(60));
}

TEST_F(RhythmTest, OneSuccessBringsTheIntervalBackAndOneFailureTheLongPause) {
  After("---------------");
  EXPECT_LE(After("+"), milliseconds(5500));
  EXPECT_GT(After("-"), seconds(44));
  EXPECT_LE(After("+"), milliseconds(5500));
}

TEST_F(RhythmTest, AfterARecoveryPausesGrowFromTheBeginning) {
  After("---------------");
  After("++");
  After("-------");
  EXPECT_LE(After("-"), seconds(20));
}

TEST_F(RhythmTest, WithoutABoundPausesDoNotGrow) {
  rhythm_ = Rhythm({seconds(5)});
  After("---------------");
  EXPECT_LE(After("-"), milliseconds(5500));
}

}  // namespace
}  // namespace waypost::detect
