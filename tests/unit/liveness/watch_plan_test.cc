#include "dnsd/liveness/watch_plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waypost::liveness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;

/// 40 endpoints that three of five vantages watch, and one that all do.
class WatchPlanTest : public ::testing::Test {
 protected:
  WatchPlanTest() {
    std::vector<WatchTarget> targets;
    for (int i = 0; i < 40; ++i) targets.push_back({fmt::format("p/192.0.2.{}", i), 3, nullptr});
    targets.push_back({"q/192.0.2.1", 0, nullptr});
    plan_.Configure(std::move(targets));
  }

  /// All of them speak and time passes, in steps of a tick.
  void Pass(milliseconds time, const std::vector<std::string>& speaking) {
    for (const Steady end = now_ + time; now_ < end; now_ += milliseconds(50)) {
      for (const std::string& name : speaking) plan_.Hear(name, "", now_);
      changes_ += plan_.Tick(now_) ? 1 : 0;
    }
  }
  /// An endpoint that this one watches.
  size_t TargetOf(const std::string& vantage) const {
    for (size_t i = 0; i < 40; ++i) {
      if ((*plan_.Of(vantage))[i]) return i;
    }
    return 40;
  }

  const std::vector<std::string> all_{"v1", "v2", "v3", "v4", "v5"};
  const std::vector<std::string> without_v1_{"v2", "v3", "v4", "v5"};
  WatchPlan plan_;
  Steady now_{seconds(1000)};
  int changes_ = 0;
};

TEST_F(WatchPlanTest, SoManyWatchAsTheMonitorAsksForAndAllWhereItDoesNot) {
  Pass(seconds(12), all_);
  for (size_t i = 0; i < 40; ++i) EXPECT_EQ(plan_.WatchersOf(i).size(), 3U);
  EXPECT_EQ(plan_.WatchersOf(40), all_);
  EXPECT_EQ(plan_.Underwatched(), 0U);
}

TEST_F(WatchPlanTest, TheFirstVantageWatchesEverythingUntilOthersCome) {
  plan_.Hear("v1", "", now_);
  EXPECT_EQ(plan_.WatchersOf(7), std::vector<std::string>{"v1"});
  EXPECT_EQ(plan_.Underwatched(), 40U);
}

TEST_F(WatchPlanTest, AReconnectWithinTheGraceMovesNothing) {
  Pass(seconds(25), all_);
  changes_ = 0;
  Pass(seconds(9), without_v1_);
  Pass(seconds(25), all_);
  EXPECT_EQ(changes_, 0);
}

TEST_F(WatchPlanTest, ADeadVantageIsReplacedAfterTheGrace) {
  Pass(seconds(25), all_);
  const size_t target = TargetOf("v1");
  Pass(seconds(9), without_v1_);
  EXPECT_THAT(plan_.WatchersOf(target), Contains("v1"));
  Pass(seconds(2), without_v1_);
  EXPECT_EQ(plan_.Of("v1"), nullptr);
  EXPECT_EQ(plan_.WatchersOf(target).size(), 3U);
  EXPECT_THAT(plan_.WatchersOf(40), ElementsAre("v2", "v3", "v4", "v5"));
}

TEST_F(WatchPlanTest, AVantageThatCannotLookIsReplacedForThatTargetAfterTheGrace) {
  Pass(seconds(25), all_);
  const size_t target = TargetOf("v1");
  const auto others = *plan_.Of("v1");
  plan_.Looks("v1", target, "no such command", now_);
  Pass(seconds(9), all_);
  EXPECT_EQ(plan_.WatchersOf(target).size(), 3U);
  Pass(seconds(7), all_);
  EXPECT_EQ(plan_.WatchersOf(target).size(), 4U) << "it goes on until the new one has spoken";
  Pass(seconds(11), all_);
  EXPECT_THAT(plan_.WatchersOf(target), Not(Contains("v1")));
  EXPECT_EQ(plan_.WatchersOf(target).size(), 3U);
  for (size_t i = 0; i < others.size(); ++i) {
    EXPECT_EQ((*plan_.Of("v1"))[i], i != target && others[i]) << i;
  }
  ASSERT_EQ(plan_.Lacks().size(), 1U);
  EXPECT_EQ(plan_.Lacks()[0].vantage, "v1");
  EXPECT_EQ(plan_.Lacks()[0].targets, 1U);
  EXPECT_EQ(plan_.Lacks()[0].why, "no such command");
}

TEST_F(WatchPlanTest, AVantageThatCanLookAgainWithinTheGraceKeepsItsPlace) {
  Pass(seconds(25), all_);
  const size_t target = TargetOf("v1");
  changes_ = 0;
  plan_.Looks("v1", target, "too many open files", now_);
  Pass(seconds(9), all_);
  plan_.Looks("v1", target, "", now_);
  Pass(seconds(25), all_);
  EXPECT_EQ(changes_, 0);
}

TEST_F(WatchPlanTest, AVantageThatConnectsAnewMayHaveWhatItLacked) {
  Pass(seconds(25), all_);
  const size_t target = TargetOf("v1");
  plan_.Looks("v1", target, "no such command", now_);
  Pass(seconds(30), all_);
  ASSERT_THAT(plan_.WatchersOf(target), Not(Contains("v1")));
  plan_.Begins("v1");
  Pass(seconds(6), all_);
  EXPECT_THAT(plan_.WatchersOf(target), Contains("v1"));
}

TEST_F(WatchPlanTest, AVantageTriesAgainWhatItCouldNotLookAt) {
  Pass(seconds(25), all_);
  const size_t target = TargetOf("v1");
  plan_.Looks("v1", target, "too many open files", now_);
  Pass(seconds(30), all_);
  ASSERT_THAT(plan_.WatchersOf(target), Not(Contains("v1")));
  Pass(std::chrono::minutes(10), all_);
  EXPECT_THAT(plan_.WatchersOf(target), Contains("v1"));
}

TEST_F(WatchPlanTest, WhereNobodyCanLookThoseWhoWereChosenTry) {
  Pass(seconds(25), all_);
  const auto before = plan_.WatchersOf(7);
  for (const std::string& name : all_) plan_.Looks(name, 7, "no such command", now_);
  Pass(seconds(30), all_);
  EXPECT_EQ(plan_.WatchersOf(7), before);
}

TEST_F(WatchPlanTest, WhoCannotLookIsRememberedWhereTheTargetsHaveOtherPlaces) {
  Pass(seconds(25), all_);
  const size_t target = TargetOf("v1");
  plan_.Looks("v1", target, "no such command", now_);
  Pass(seconds(30), all_);
  std::vector<WatchTarget> targets = plan_.targets();
  targets.insert(targets.begin(), {"a/192.0.2.99", 3, nullptr});
  plan_.Configure(std::move(targets));
  EXPECT_THAT(plan_.WatchersOf(target + 1), Not(Contains("v1")));
  EXPECT_EQ(plan_.WatchersOf(target + 1).size(), 3U);
}

TEST_F(WatchPlanTest, ThoseWhosePlaceIsTakenGoOnUntilTheNewOneHadTimeToSpeak) {
  Pass(seconds(25), without_v1_);
  std::vector<std::vector<std::string>> before;
  for (size_t i = 0; i < 40; ++i) before.push_back(plan_.WatchersOf(i));
  Pass(seconds(9), all_);
  const size_t target = TargetOf("v1");
  ASSERT_LT(target, 40U);
  EXPECT_THAT(plan_.WatchersOf(target), IsSupersetOf(before[target]));
  EXPECT_EQ(plan_.WatchersOf(target).size(), 4U);
  Pass(seconds(2), all_);
  EXPECT_EQ(plan_.WatchersOf(target).size(), 3U);
  EXPECT_THAT(plan_.WatchersOf(target), Contains("v1"));
}

TEST_F(WatchPlanTest, AfterAChangeThePlanDependsOnlyOnWhoLives) {
  Pass(seconds(25), all_);
  Pass(seconds(30), without_v1_);
  WatchPlan fresh;
  fresh.Configure(plan_.targets());
  for (const std::string& name : without_v1_) fresh.Hear(name, "", now_);
  for (size_t i = 0; i < 41; ++i) EXPECT_EQ(plan_.WatchersOf(i), fresh.WatchersOf(i));
}

TEST_F(WatchPlanTest, AVantageThatDoubtsItselfForLongIsReplacedAndComesBack) {
  Pass(seconds(25), all_);
  const size_t target = TargetOf("v1");
  plan_.Doubts("v1", true, now_);
  Pass(seconds(9), all_);
  EXPECT_THAT(plan_.WatchersOf(target), Contains("v1"));
  Pass(seconds(15), all_);
  EXPECT_THAT(plan_.WatchersOf(target), Not(Contains("v1")));
  EXPECT_THAT(plan_.WatchersOf(40), Contains("v1"));
  plan_.Doubts("v1", false, now_);
  Pass(seconds(15), all_);
  EXPECT_THAT(plan_.WatchersOf(target), Contains("v1"));
}

TEST_F(WatchPlanTest, ADirectorThatSleptDoesNotTakeTheSilenceForDeath) {
  Pass(seconds(25), all_);
  now_ += seconds(60);
  changes_ = 0;
  Pass(seconds(5), {});
  EXPECT_EQ(changes_, 0);
  Pass(seconds(6), {});
  EXPECT_EQ(plan_.Of("v1"), nullptr);
}

TEST_F(WatchPlanTest, AVantageThatMovesToAnotherRegionIsSpreadAnew) {
  std::vector<WatchTarget> targets{{"p/192.0.2.1", 2, nullptr}};
  plan_.Configure(targets);
  plan_.Hear("v1", "a", now_);
  plan_.Hear("v2", "a", now_);
  plan_.Hear("v3", "b", now_);
  EXPECT_THAT(plan_.WatchersOf(0), Contains("v3"));
  EXPECT_TRUE(plan_.Hear("v3", "a", now_) | plan_.Hear("v2", "b", now_));
  EXPECT_THAT(plan_.WatchersOf(0), Contains("v2"));
}

}  // namespace
}  // namespace waypost::liveness
