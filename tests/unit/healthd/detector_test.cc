#include "healthd/detect/detector.h"

#include <gtest/gtest.h>

#include <string>

namespace waypost::detect {
namespace {

/// Feeds results ('+' success, '-' failure), one a second; gives the opinion after each ('u', 'd',
/// or '?' for none).
std::string Opinions(Detector& detector, const std::string& results) {
  std::string opinions;
  Steady now{std::chrono::seconds(1)};
  for (const char result : results) {
    detector.Add(result == '+', now);
    opinions += "?ud"[static_cast<int>(detector.opinion())];
    now += std::chrono::seconds(1);
  }
  return opinions;
}

struct Case {
  uint32_t rise, fall, forget;
  const char* results;
  const char* opinions;
};

TEST(Detector, FollowsRiseAndFall) {
  for (const Case& c : {
           Case{2, 3, 1, "+", "u"},
           Case{2, 3, 1, "+--+--+---", "uuuuuuuuud"},
           Case{2, 3, 1, "+---+-+-++",
                "uuudddddd"
                "u"},
           Case{1, 1, 1, "+-+-", "udud"},
           Case{3, 1, 1, "+-++-+++",
                "udddddd"
                "u"},
           Case{10, 10, 1, "+----------++++++++++-", "uuuuuuuuuudddddddddduu"},
       }) {
    Detector detector({c.rise, c.fall, c.forget});
    EXPECT_EQ(Opinions(detector, c.results), c.opinions) << c.results;
  }
}

TEST(Detector, BelievesTheFirstSuccessAndNoSingleFailure) {
  for (const Case& c : {
           Case{2, 3, 3, "+", "u"},
           Case{2, 3, 3, "--+", "??u"},
           Case{2, 3, 3, "---+", "??dd"},
           Case{2, 1, 1, "-", "d"},
       }) {
    Detector detector({c.rise, c.fall, c.forget});
    EXPECT_EQ(Opinions(detector, c.results), c.opinions) << c.results;
  }
}

TEST(Detector, HasNoOpinionSinceItsFirstFailure) {
  Detector detector({.rise = 2, .fall = 3, .forget = 3});
  EXPECT_EQ(Opinions(detector, "--"), "??");
  EXPECT_EQ(detector.opinion_since(), Steady{std::chrono::seconds(1)});
  detector.Add(false, Steady{std::chrono::seconds(7)});
  EXPECT_EQ(detector.opinion_since(), Steady{std::chrono::seconds(7)}) << "down since then";
}

TEST(Detector, CountsScatteredFailuresUntilSuccessesInARowClearThem) {
  for (const Case& c : {
           Case{2, 3, 3, "+-+-++-", "uuuuuud"},
           Case{2, 3, 3, "+-+++-+++-", "uuuuuuuuuu"},
           Case{2, 3, 2, "+-+-++--", "uuuuuuuu"},
           Case{2, 2, 100, "+-+++++++++-", "uuuuuuuuuuud"},
           Case{2, 3, 3, "----+-++", "??dddddu"},
       }) {
    Detector detector({c.rise, c.fall, c.forget});
    EXPECT_EQ(Opinions(detector, c.results), c.opinions) << c.results;
  }
}

TEST(Detector, DoubtsAfterAFailureAndNotAfterASuccessThatForgivesNothingYet) {
  Detector detector({2, 3, 3});
  Opinions(detector, "+-");
  EXPECT_TRUE(detector.in_doubt());
  Opinions(detector, "+");
  EXPECT_FALSE(detector.in_doubt());
  EXPECT_EQ(detector.contrary(), 1U);
}

TEST(Detector, RecoversFromTheFirstSuccessOn) {
  Detector detector({2, 3, 3});
  Opinions(detector, "---");
  EXPECT_FALSE(detector.recovering());
  Opinions(detector, "+");
  EXPECT_TRUE(detector.recovering());
  Opinions(detector, "+");
  EXPECT_FALSE(detector.recovering());
}

TEST(Detector, HasNoOpinionBeforeTheFirstResult) {
  const Detector detector({2, 3, 3});
  EXPECT_EQ(detector.opinion(), Opinion::kNone);
  EXPECT_FALSE(detector.in_doubt());
}

TEST(Detector, TellsWhenTheOpinionChanges) {
  Detector detector({1, 2, 2});
  EXPECT_TRUE(detector.Add(true, {}));
  EXPECT_FALSE(detector.Add(true, {}));
  EXPECT_FALSE(detector.Add(false, {}));
  EXPECT_TRUE(detector.Add(false, {}));
  EXPECT_FALSE(detector.Add(false, {}));
}

TEST(Detector, CountsWhatGoesAgainstTheOpinion) {
  Detector detector({2, 3, 3});
  Opinions(detector, "+--");
  EXPECT_EQ(detector.contrary(), 2U);
  EXPECT_TRUE(detector.in_doubt());
  Opinions(detector, "-");
  EXPECT_EQ(detector.contrary(), 0U);
  EXPECT_FALSE(detector.in_doubt());
}

TEST(Detector, DoubtsOnlyWhatItDoesNotCallDown) {
  Detector detector({2, 3, 3});
  Opinions(detector, "-");
  EXPECT_EQ(detector.contrary(), 1U);
  EXPECT_TRUE(detector.in_doubt());
  Opinions(detector, "--+");
  EXPECT_EQ(detector.contrary(), 1U);
  EXPECT_FALSE(detector.in_doubt());
}

TEST(Detector, RemembersSinceWhenItHoldsItsOpinion) {
  Detector detector({2, 3, 3});
  Opinions(detector, "+++---");
  EXPECT_EQ(detector.opinion_since(), Steady{std::chrono::seconds(6)});
}

}  // namespace
}  // namespace waypost::detect
