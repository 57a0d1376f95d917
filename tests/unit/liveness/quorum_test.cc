// When opinions suffice for a verdict, and when not.
#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

class QuorumTest : public VerdictsTest {
 protected:
  QuorumTest() { Configure(); }
  void Use(Quorum quorum) {
    layout_.endpoints[0].rule.quorum = quorum;
    Configure();
  }
};

TEST_F(QuorumTest, NothingSaidIsNoData) {
  EXPECT_EQ(StandingOf(), Standing::kNoData);
  EXPECT_EQ(Reason(), "no verdict yet");
}

TEST_F(QuorumTest, OnlyKnownVantageDecidesAtOnce) {
  Up("a");
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kDown);
  EXPECT_EQ(Reason(), "down from 1 of 1 (connect: connection refused)");
}

TEST_F(QuorumTest, TwoOfThreeDecide) {
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  EXPECT_EQ(Reason(), "up from 3 of 3");
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Down("b");
  EXPECT_EQ(StandingOf(), Standing::kDown);
  EXPECT_EQ(Reason(), "down from 2 of 3 (connect: connection refused)");
}

TEST_F(QuorumTest, FirstOfThreeConnectedGivesNoVerdict) {
  Connect({"a", "b", "c"});
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kNoData);
  Wait(seconds(10));
  EXPECT_EQ(StandingOf(), Standing::kNoData);
  Down("b");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(QuorumTest, FirstUpOfThreeConnectedGivesNoVerdictEither) {
  Connect({"a", "b", "c"});
  Up("a");
  EXPECT_EQ(StandingOf(), Standing::kNoData);
  Up("c");
  EXPECT_EQ(StandingOf(), Standing::kUp);
}

TEST_F(QuorumTest, LoneDownWaitsForAConnectedVantageThatHasNotSpoken) {
  Up("a");
  Connect({"b"});
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Wait(milliseconds(4900));
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Wait(milliseconds(200));
  EXPECT_EQ(StandingOf(), Standing::kDown) << "one interval is enough to wait";
}

TEST_F(QuorumTest, AwaitedVantageThatContradictsKeepsTheVerdict) {
  Up("a");
  Connect({"b"});
  Down("a");
  Up("b");
  Wait(seconds(6));
  EXPECT_EQ(StandingOf(), Standing::kUp);
}

TEST_F(QuorumTest, TieKeepsTheVerdict) {
  Up("a");
  Up("b");
  Down("b");
  EXPECT_EQ(StandingOf(), Standing::kUp);
  EXPECT_EQ(Reason(), "up from 1 of 2");
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kDown);
  Up("a");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(QuorumTest, TieIsDecidedTheMomentOneSideIsStale) {
  Up("a");
  Wait(seconds(10));
  Up("b");
  Down("b");
  Wait(seconds(7));
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Wait(milliseconds(100));
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(QuorumTest, LastOfThreeDoesNotFlipWhenTheOthersFallSilent) {
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  for (int s = 0; s < 60; s += 5) {
    Down("a");
    EXPECT_NE(StandingOf(), Standing::kDown);
    Wait(seconds(5));
  }
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
  EXPECT_EQ(Reason(), "stale: evidence from only 1 of 3 vantages, was up");
}

TEST_F(QuorumTest, LastOfThreeDecidesWhenTheOthersAreLongForgotten) {
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  for (int s = 0; s < 175; s += 5) {
    Down("a");
    Wait(seconds(5));
  }
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(QuorumTest, SurvivorOfTwoDecides) {
  Up("a");
  Up("b");
  for (int s = 0; s < 20; s += 5) {
    Down("a");
    Wait(seconds(5));
  }
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(QuorumTest, TwoSurvivorsOfThreeDecideTogether) {
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Wait(seconds(18));
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
  Down("b");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(QuorumTest, AnyWithOneFreshOfThreeKnownDoesNotFlip) {
  Use(Quorum::kAny);
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Wait(seconds(15));
  Up("b");
  Down("a");
  Wait(seconds(3));
  EXPECT_EQ(StandingOf(), Standing::kUp) << "one of two fresh, but three are known";
  Down("b");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(QuorumTest, AllIsKeptUpByOneButNotBroughtBackByOne) {
  Use(Quorum::kAll);
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Down("a");
  Down("b");
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Down("c");
  EXPECT_EQ(StandingOf(), Standing::kDown);
  Up("a");
  EXPECT_EQ(StandingOf(), Standing::kDown);
  Up("b");
  EXPECT_EQ(StandingOf(), Standing::kUp);
}

TEST_F(QuorumTest, OpinionlessEvidenceDoesNotCount) {
  Say("a", Opinion::kNone);
  EXPECT_EQ(StandingOf(), Standing::kNoData);
  EXPECT_EQ(verdicts_.Votes("p/1", now_)[0].why, "no opinion yet");
}

TEST_F(QuorumTest, LoneDownAfterARestartWaitsWhereItWasUpBefore) {
  Verdicts reborn;
  reborn.Restore({{{"p/1", true}}, {}});
  reborn.Configure(layout_, board_, now_);
  EXPECT_EQ(reborn.Report("p/1", now_).standing, Standing::kLastUp);
  Evidence down;
  down.opinion = Opinion::kDown;
  down.observed = now_;
  reborn.Observe("a", "p/1", down, now_);
  EXPECT_EQ(reborn.Report("p/1", now_).standing, Standing::kLastUp);
  reborn.Tick(now_ + seconds(5));
  EXPECT_EQ(reborn.Report("p/1", now_).standing, Standing::kDown);
}

TEST_F(QuorumTest, AfterARestartTheFirstVantageToComeBackDoesNotDecideAlone) {
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Verdicts reborn;
  reborn.Restore(verdicts_.Remember());
  reborn.Configure(layout_, board_, now_);
  Evidence down;
  down.opinion = Opinion::kDown;
  down.observed = now_;
  reborn.Observe("a", "p/1", down, now_);
  reborn.Tick(now_ + seconds(10));
  EXPECT_EQ(reborn.Report("p/1", now_).standing, Standing::kLastUp);
  down.observed = now_ + seconds(10);
  down.sequence = 1;
  reborn.Observe("a", "p/1", down, now_ + seconds(10));
  reborn.Observe("b", "p/1", down, now_ + seconds(10));
  EXPECT_EQ(reborn.Report("p/1", now_ + seconds(10)).standing, Standing::kDown);
}

TEST_F(QuorumTest, VantagesOfAFormerLifeThatStayAwayAreForgottenInTime) {
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Wait(seconds(150));
  Up("a");
  Verdicts reborn;
  reborn.Restore(verdicts_.Remember());
  reborn.Configure(layout_, board_, now_);
  EXPECT_EQ(reborn.Remember().vantages.size(), 1U) << "b and c had gone before the restart";
}

}  // namespace
}  // namespace waypost::liveness
