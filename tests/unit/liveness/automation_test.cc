#include "dnsd/liveness/automation.h"

#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Three regions, "a", "b" and "c", with one pool of two endpoints each: "a/1", "a/2", "b/1" and so
/// on. One vantage sees all.
class AutomationTest : public VerdictsTest {
 protected:
  AutomationTest() : VerdictsTest(0) {
    layout_.pools.clear();
    shape_ = {};
    uint32_t index = 0;
    for (const char* name : {"a", "b", "c"}) {
      layout_.regions.push_back({.name = std::string("r") + name, .capacity = 1000});
      layout_.pools.push_back({.name = name, .region = index});
      shape_.pools.push_back({2 * index, 2, 0});
      for (const char* n : {"/1", "/2"}) {
        EndpointSpec spec = Spec(name + std::string(n));
        spec.rule.staleness = std::chrono::hours(1);
        layout_.endpoints.push_back(std::move(spec));
      }
      bounds_.members.push_back({index, index, 100});
      ++index;
    }
    shape_.endpoints = 6;
    bounds_.name = "all";
  }

  void Start() {
    layout_.automations = {bounds_};
    Configure();
    for (const EndpointSpec& spec : layout_.endpoints) Up("v", spec.id);
    verdicts_.TakeNews();
    verdicts_.TakeChanges();
  }
  void Lose(const std::string& pool) {
    Down("v", pool + "/1");
    Down("v", pool + "/2");
  }
  void Recover(const std::string& pool) {
    Up("v", pool + "/1");
    Up("v", pool + "/2");
  }

  Standing Of(uint32_t pool) const { return StandingOf(2 * pool); }
  /// Per cent of the clients that are still answered.
  int Kept(uint32_t pool) const {
    const EndpointWord word = board_->endpoint(2 * pool);
    return word.standing == Standing::kHeld ? word.ramp * 100 / 255 : 0;
  }
  std::vector<std::string> News() {
    std::vector<std::string> texts;
    for (const auto& news : verdicts_.TakeNews()) {
      texts.push_back(news.kind + " " + news.subject + ": " + news.text);
    }
    return texts;
  }
  AutomationReport Report() const { return verdicts_.Automations(now_).at(0); }

  AutomationSpec bounds_;
};

TEST_F(AutomationTest, WithoutBoundsALostPoolIsOutAtOnce) {
  Start();
  Lose("a");
  EXPECT_EQ(Of(0), Standing::kDown);
  EXPECT_THAT(News(), ElementsAre("failover pool/a: down: none of 2 endpoints is used"));
}

TEST_F(AutomationTest, EndpointLeavesAtOnceWhileOthersOfItsPoolAreUp) {
  bounds_.max_shift = 0.01;
  bounds_.min_regions = 3;
  Start();
  Down("v", "a/1");
  EXPECT_EQ(StandingOf(0), Standing::kDown);
  EXPECT_THAT(Report().held, IsEmpty());
}

TEST_F(AutomationTest, AMinutesWeightMovesAtOnceAndTheRestAsTimePasses) {
  bounds_.max_shift = 0.2;  // of which a third is one pool's
  Start();
  Lose("a");
  EXPECT_EQ(Of(0), Standing::kHeld);
  EXPECT_NEAR(Kept(0), 40, 5) << "20 of 33 % moved";
  EXPECT_THAT(Reason("a/1"), HasSubstr("held back by automation \"all\", 40 % still answered: at "
                                       "most 20 % of the weight moves in a minute"));
  Wait(seconds(59));
  EXPECT_NEAR(Kept(0), 40, 5) << "not more in any minute";
  Wait(seconds(2));
  EXPECT_EQ(Of(0), Standing::kDown);
  EXPECT_EQ(StandingOf(1), Standing::kDown);
}

TEST_F(AutomationTest, ShareOnTheBoardOnlyShrinksAndInFewSteps) {
  bounds_.max_shift = 0.01;
  Start();
  Lose("a");
  const uint64_t epoch = board_->epoch();
  int before = 100;
  for (int i = 0; i < 34 * 60; ++i) {
    Wait(seconds(1));
    ASSERT_LE(Kept(0), before);
    before = Kept(0);
  }
  EXPECT_EQ(Of(0), Standing::kDown);
  EXPECT_LE(board_->epoch() - epoch, 25U);
}

TEST_F(AutomationTest, SecondPoolWaitsForTheWeightThatTheFirstOneLeft) {
  bounds_.max_shift = 0.5;
  Start();
  Lose("a");
  EXPECT_EQ(Of(0), Standing::kDown) << "33 of 50 %";
  Lose("b");
  EXPECT_NEAR(Kept(1), 50, 5) << "17 of 33 %";
  Wait(seconds(59));
  EXPECT_NEAR(Kept(1), 50, 5);
  Wait(seconds(2));
  EXPECT_EQ(Of(1), Standing::kDown);
}

TEST_F(AutomationTest, RegionsThatMustStayOnAreAnsweredThoughTheyAreDown) {
  bounds_.min_regions = 2;
  Start();
  Lose("a");
  EXPECT_EQ(Of(0), Standing::kDown);
  Lose("b");
  Wait(minutes(5));
  EXPECT_EQ(Kept(1), 100);
  EXPECT_THAT(Reason("b/1"), HasSubstr("2 regions must stay on, and without this one 1 would"));
  EXPECT_EQ(Report().regions_in_use, 2U);
  Recover("a");
  EXPECT_EQ(Of(0), Standing::kUp);
  EXPECT_EQ(Of(1), Standing::kDown) << "now it may go";
}

TEST_F(AutomationTest, RestOfAMoveWaitsWhenAnOperatorTakesTheOtherRegionsOut) {
  bounds_.max_shift = 0.2;
  bounds_.min_regions = 1;
  Start();
  Lose("a");
  ASSERT_NEAR(Kept(0), 40, 5);
  for (int i : {2, 3, 4, 5}) layout_.endpoints[i].drained = true;
  Configure();
  Wait(minutes(5));
  EXPECT_NEAR(Kept(0), 40, 5) << "it is the last one";
  EXPECT_THAT(Reason("a/1"), HasSubstr("1 regions must stay on"));
}

TEST_F(AutomationTest, OperatorsDrainIsNoMoveAndIsNotHeldBack) {
  bounds_.min_regions = 3;
  Start();
  for (int i : {0, 1}) layout_.endpoints[i].drained = true;
  layout_.automations = {bounds_};
  Configure();
  EXPECT_EQ(Of(0), Standing::kDrained);
  EXPECT_THAT(Report().held, IsEmpty());
}

TEST_F(AutomationTest, HeldPoolThatAnOperatorDrainsIsOut) {
  bounds_.min_regions = 3;
  Start();
  Lose("a");
  ASSERT_EQ(Of(0), Standing::kHeld);
  for (int i : {0, 1}) layout_.endpoints[i].drained = true;
  layout_.automations = {bounds_};
  Configure();
  EXPECT_EQ(Of(0), Standing::kDrained);
  for (int i : {0, 1}) layout_.endpoints[i].drained = false;
  Configure();
  EXPECT_EQ(Of(0), Standing::kDown) << "an operator moved it; nothing moves it back but evidence";
}

TEST_F(AutomationTest, NextRegionWaitsForTheCoolDown) {
  bounds_.cool_down = minutes(5);
  Start();
  Lose("a");
  EXPECT_EQ(Of(0), Standing::kDown);
  Wait(minutes(1));
  Lose("b");
  EXPECT_EQ(Kept(1), 100);
  EXPECT_THAT(Reason("b/1"), HasSubstr("cool-down after the move away from region ra, 240 s left"));
  Wait(minutes(4) - seconds(1));
  EXPECT_EQ(Of(1), Standing::kHeld);
  Wait(seconds(2));
  EXPECT_EQ(Of(1), Standing::kDown);
}

TEST_F(AutomationTest, PoolsOfOneRegionMoveTogetherDuringTheCoolDown) {
  layout_.pools[1].region = 0;
  bounds_.members[1].region = 0;
  bounds_.cool_down = minutes(5);
  Start();
  Lose("a");
  Wait(seconds(10));
  Lose("b");
  EXPECT_EQ(Of(1), Standing::kDown);
  Lose("c");
  EXPECT_EQ(Of(2), Standing::kHeld);
}

TEST_F(AutomationTest, LoadThatDoesNotFitElsewhereStays) {
  bounds_.headroom = 0.1;
  Start();
  const Steady later = now_ + minutes(1);
  verdicts_.SetLoad("ra", 500, later, now_);
  verdicts_.SetLoad("rb", 700, later, now_);
  verdicts_.SetLoad("rc", 750, later, now_);
  Lose("a");
  EXPECT_EQ(Kept(0), 100);
  EXPECT_THAT(Reason("a/1"),
              HasSubstr("a load of 500 does not fit into the 350 that other regions have"));
  verdicts_.SetLoad("rc", 500, later, now_);
  EXPECT_EQ(Of(0), Standing::kDown);
}

TEST_F(AutomationTest, LoadThatIsNotKnownHoldsNothingBackAndIsTold) {
  bounds_.headroom = 0.1;
  Start();
  verdicts_.SetLoad("ra", 500, now_ + minutes(1), now_);
  verdicts_.SetLoad("rb", 890, now_ + minutes(1), now_);
  EXPECT_THAT(Report().unknown_loads, ElementsAre("rc"));
  Lose("a");
  EXPECT_EQ(Of(0), Standing::kDown);
}

TEST_F(AutomationTest, LoadWhoseLeaseRanOutIsNotKnown) {
  bounds_.headroom = 0;
  Start();
  for (const char* region : {"ra", "rb", "rc"}) {
    verdicts_.SetLoad(region, 1000, now_ + seconds(30), now_);
  }
  Lose("a");
  ASSERT_EQ(Of(0), Standing::kHeld);
  Wait(seconds(31));
  EXPECT_EQ(Of(0), Standing::kDown);
}

TEST_F(AutomationTest, PausedMovesNothingAndLiftedEverything) {
  bounds_.max_shift = 0.01;
  bounds_.mode = AutomationSpec::Mode::kPaused;
  Start();
  Lose("a");
  Wait(minutes(10));
  EXPECT_EQ(Kept(0), 100);
  EXPECT_THAT(Reason("a/1"), HasSubstr("automation is paused"));
  bounds_.mode = AutomationSpec::Mode::kLifted;
  layout_.automations = {bounds_};
  Configure();
  EXPECT_EQ(Of(0), Standing::kDown);
}

TEST_F(AutomationTest, PoolThatRecoversIsInUseAtOnceAndLostAnewFromTheWhole) {
  bounds_.max_shift = 0.2;
  Start();
  Lose("a");
  Wait(seconds(10));
  Recover("a");
  EXPECT_EQ(Of(0), Standing::kUp);
  Wait(minutes(2));
  Lose("a");
  EXPECT_NEAR(Kept(0), 40, 5);
}

TEST_F(AutomationTest, EndpointThatWasDownLongBeforeIsNotAnsweredWithItsHeldPool) {
  bounds_.min_regions = 3;
  Start();
  Down("v", "a/1");
  Wait(minutes(2));
  Down("v", "a/2");
  EXPECT_EQ(StandingOf(0), Standing::kDown);
  EXPECT_EQ(StandingOf(1), Standing::kHeld);
}

TEST_F(AutomationTest, NewConfigurationGoesOnWithTheMove) {
  bounds_.max_shift = 0.2;
  Start();
  Lose("a");
  Wait(seconds(30));
  const int kept = Kept(0);
  ASSERT_NEAR(kept, 40, 5);
  Configure();
  EXPECT_EQ(Kept(0), kept);
  Wait(seconds(29));
  EXPECT_EQ(Kept(0), kept) << "the minute goes on";
  Wait(seconds(2));
  EXPECT_EQ(Of(0), Standing::kDown);
}

TEST_F(AutomationTest, RestartGoesOnWithTheMove) {
  bounds_.min_regions = 3;
  Start();
  Lose("a");
  ASSERT_EQ(Kept(0), 100);
  const Memory memory = verdicts_.Remember();
  verdicts_ = Verdicts();
  verdicts_.Restore(memory);
  Configure();
  EXPECT_EQ(Kept(0), 100);
  EXPECT_EQ(StandingOf(1), Standing::kHeld);
}

TEST_F(AutomationTest, RestartForgetsNeitherTheCoolDownNorWhatMovedNorLoads) {
  bounds_.max_shift = 0.4;  // of which a third is one pool's
  bounds_.cool_down = minutes(5);
  bounds_.headroom = 0.1;
  Start();
  EXPECT_TRUE(verdicts_.SetLoad("rb", 300, now_ + minutes(10), now_));
  Lose("a");
  ASSERT_EQ(Of(0), Standing::kDown);
  const Memory memory = verdicts_.Remember();
  verdicts_ = Verdicts();
  verdicts_.Restore(memory);
  // Regions may have other numbers then.
  std::swap(layout_.regions[0], layout_.regions[2]);
  for (uint32_t i : {0U, 2U}) layout_.pools[i].region = bounds_.members[i].region = 2 - i;
  layout_.automations = {bounds_};
  Configure();
  Recover("b");
  Recover("c");
  Wait(seconds(30));
  EXPECT_NEAR(Report().budget, 0.4 - 1 / 3.0, 0.001);
  EXPECT_THAT(Report().unknown_loads, ElementsAre("rc")) << "that of rb is known";
  Lose("b");
  EXPECT_EQ(Of(1), Standing::kHeld);
  EXPECT_THAT(Reason("b/1"), HasSubstr("cool-down after the move away from region ra, 270 s left"));
}

TEST_F(AutomationTest, MovesFromARegionThatIsGoneCount) {
  bounds_.max_shift = 0.4;
  bounds_.cool_down = minutes(5);
  Start();
  Lose("a");
  const Memory memory = verdicts_.Remember();
  layout_.regions[0].name = "another";
  for (const bool restarted : {false, true}) {
    if (restarted) {
      verdicts_ = Verdicts();
      verdicts_.Restore(memory);
    }
    Configure();
    for (const char* pool : {"a", "b", "c"}) Recover(pool);
    EXPECT_NEAR(Report().budget, 0.4 - 1 / 3.0, 0.001) << restarted;
    Lose("a");
    EXPECT_EQ(Of(0), Standing::kHeld) << "it stands elsewhere now";
    EXPECT_THAT(Reason("a/1"), HasSubstr("cool-down after the move away from region ra, 300 s"));
  }
}

TEST_F(AutomationTest, PoolThatIsDownWhenItIsFirstSeenIsNotHeld) {
  bounds_.min_regions = 3;
  Configure();
  for (const EndpointSpec& spec : layout_.endpoints) Down("v", spec.id);
  layout_.automations = {bounds_};
  Configure();
  EXPECT_EQ(Of(0), Standing::kDown);
}

TEST_F(AutomationTest, BoundsAndTheirEndsAreTold) {
  bounds_.min_regions = 3;
  Start();
  Lose("a");
  EXPECT_THAT(News(),
              ElementsAre("automation pool/a: held back by automation \"all\" "
                          "(min_regions): 3 regions must stay on, and without this one 2 would"));
  Recover("a");
  EXPECT_THAT(News(), ElementsAre("automation pool/a: released by automation \"all\""));
}

TEST_F(AutomationTest, FailbackHoldBeginsWhenTheMoveIsDone) {
  bounds_.max_shift = 0.2;
  layout_.holds = {{"web/a", 0, true, seconds(0)}};
  Start();
  Lose("a");
  EXPECT_FALSE(board_->held(0)) << "some clients are still there";
  Wait(minutes(1));
  EXPECT_EQ(Of(0), Standing::kDown);
  EXPECT_TRUE(board_->held(0));
}

TEST_F(AutomationTest, PoolWithTooFewUsableEndpointsIsHeldWithThoseThatAreUp) {
  bounds_.min_regions = 3;
  layout_.pools[0].health.min_up = 2;
  Start();
  Down("v", "a/1");
  EXPECT_EQ(StandingOf(1), Standing::kHeld);
  EXPECT_EQ(StandingOf(0), Standing::kHeld) << "it went down in the same moment";
}

}  // namespace
}  // namespace waypost::liveness
