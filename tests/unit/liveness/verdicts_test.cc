#include "dnsd/liveness/verdicts.h"

#include "dnsd/liveness/roster.h"
#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class OneEndpointTest : public VerdictsTest {
 protected:
  OneEndpointTest() { Configure(); }
};

TEST_F(OneEndpointTest, OldEvidenceMakesTheVerdictStale) {
  Up("a");
  Wait(seconds(17));
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Wait(seconds(1));
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
  EXPECT_EQ(Reason(), "stale: no evidence for 18 s, was up");
  Up("a");
  EXPECT_EQ(StandingOf(), Standing::kUp);
}

TEST_F(OneEndpointTest, StaleDownIsToldFromStaleUp) {
  Down("a");
  Wait(seconds(18));
  EXPECT_EQ(StandingOf(), Standing::kStaleDown);
}

TEST_F(OneEndpointTest, HeartbeatsAloneDoNotKeepEvidenceFresh) {
  Up("a");
  for (int s = 0; s < 18; ++s) {
    Connect({"a"});
    Wait(seconds(1));
  }
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
}

TEST_F(OneEndpointTest, DisconnectedVantageCountsUntilItsEvidenceIsStale) {
  Up("a");
  verdicts_.Disconnect("a", now_);
  Wait(seconds(16));
  EXPECT_EQ(StandingOf(), Standing::kUp);
  Wait(seconds(2));
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
}

TEST_F(OneEndpointTest, EvidenceThatArrivesStaleDoesNotCount) {
  Evidence old;
  old.opinion = Opinion::kDown;
  old.observed = now_ - seconds(18);
  verdicts_.Observe("a", "p/1", old, now_);
  EXPECT_EQ(StandingOf(), Standing::kNoData);
}

TEST_F(OneEndpointTest, EvidenceFromTheFutureCountsAsNow) {
  Evidence early;
  early.opinion = Opinion::kUp;
  early.observed = now_ + seconds(1000);
  verdicts_.Observe("a", "p/1", early, now_);
  Wait(seconds(18));
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
}

TEST_F(OneEndpointTest, LateEvidenceIsDroppedAndCounted) {
  Up("a");
  Evidence late;
  late.opinion = Opinion::kDown;
  late.observed = now_;
  verdicts_.Observe("a", "p/1", late, now_);
  EXPECT_EQ(StandingOf(), Standing::kUp);
  EXPECT_EQ(verdicts_.dropped().late, 1U);
}

TEST_F(OneEndpointTest, VantageMayCountAnewAfterForget) {
  Up("a");
  verdicts_.Forget("a");
  sequence_ = 0;
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(OneEndpointTest, FullReportThatRepeatsAllChangesNothing) {
  Up("a");
  verdicts_.TakeChanges();
  const uint64_t epoch = board_->epoch();
  verdicts_.Forget("a");
  Up("a");
  Wait(milliseconds(100));
  EXPECT_EQ(board_->epoch(), epoch);
  EXPECT_THAT(verdicts_.TakeChanges(), IsEmpty());
}

TEST_F(OneEndpointTest, ForgottenEvidenceMakesStaleNoEarlierThanItWouldHaveBeen) {
  Up("a");
  Wait(seconds(10));
  verdicts_.Forget("a");
  Wait(seconds(6));
  EXPECT_EQ(StandingOf(), Standing::kUp);
  EXPECT_EQ(Reason(), "up, waiting for new evidence");
  Wait(seconds(2));
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
  EXPECT_EQ(Reason(), "stale: no evidence, was up");
}

TEST_F(OneEndpointTest, UnknownEndpointsAreIgnoredAndCounted) {
  Up("a", "other/1");
  EXPECT_EQ(verdicts_.dropped().unknown_endpoints, 1U);
  EXPECT_THAT(verdicts_.Votes("other/1", now_), IsEmpty());
  EXPECT_EQ(verdicts_.Report("other/1", now_).standing, Standing::kNoData);
}

TEST_F(OneEndpointTest, VantagesBeyondTheLimitAreRefusedAndCounted) {
  for (size_t i = 0; i < Roster::kMaxVantages; ++i) Up("v" + std::to_string(i));
  Up("one too many");
  EXPECT_EQ(verdicts_.dropped().excess_vantages, 1U);
  EXPECT_THAT(verdicts_.Votes("p/1", now_), SizeIs(Roster::kMaxVantages));
}

TEST_F(OneEndpointTest, DisconnectedVantageMakesRoomAndTakesItsVoteAlong) {
  for (size_t i = 0; i < Roster::kMaxVantages; ++i) Up("v" + std::to_string(i));
  verdicts_.Disconnect("v7", now_);
  Up("new");
  const auto votes = verdicts_.Votes("p/1", now_);
  ASSERT_THAT(votes, SizeIs(Roster::kMaxVantages));
  for (const VoteReport& vote : votes) EXPECT_NE(vote.vantage, "v7");
}

TEST_F(OneEndpointTest, LongDetailsAreCut) {
  Evidence down;
  down.opinion = Opinion::kDown;
  down.observed = now_;
  down.detail = std::string(100'000, 'x');
  verdicts_.Observe("a", "p/1", down, now_);
  EXPECT_LE(verdicts_.Votes("p/1", now_)[0].evidence.detail.size(), 300U);
}

TEST_F(OneEndpointTest, ChangesThatNobodyTakesAreBounded) {
  for (size_t i = 0; i <= Verdicts::kMaxChanges; ++i)
    Say("a", i % 2 ? Opinion::kUp : Opinion::kDown);
  EXPECT_EQ(verdicts_.dropped().changes, 1U);
  EXPECT_THAT(verdicts_.TakeChanges(), SizeIs(Verdicts::kMaxChanges));
}

TEST_F(OneEndpointTest, ChangesAreTakenOnceAndInOrder) {
  Up("a");
  Down("a");
  const auto changes = verdicts_.TakeChanges();
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].before, Standing::kNoData);
  EXPECT_EQ(changes[0].after, Standing::kUp);
  EXPECT_EQ(changes[1].endpoint, "p/1");
  EXPECT_EQ(changes[1].reason, "down from 1 of 1 (connect: connection refused)");
  EXPECT_THAT(verdicts_.TakeChanges(), IsEmpty());
}

TEST_F(OneEndpointTest, ReportTellsSinceWhenAndHowTheVotesStand) {
  Up("a");
  Wait(seconds(10));
  const Steady flipped = now_;
  Down("a");
  Down("b");
  Wait(seconds(3));
  const EndpointReport report = verdicts_.Report("p/1", now_);
  EXPECT_EQ(report.since, flipped);
  EXPECT_EQ(report.votes_down, 2U);
  Wait(seconds(15));
  EXPECT_EQ(verdicts_.Report("p/1", now_).votes_stale, 2U);
}

TEST_F(OneEndpointTest, VotesSayWhetherTheyCount) {
  Up("a");
  Wait(seconds(10));
  Up("b");
  Wait(seconds(8));
  const auto votes = verdicts_.Votes("p/1", now_);
  ASSERT_THAT(votes, SizeIs(2));
  EXPECT_FALSE(votes[0].counted);
  EXPECT_EQ(votes[0].why, "stale: seen 18 s ago");
  EXPECT_TRUE(votes[1].counted);
  EXPECT_EQ(votes[1].why, "fresh");
}

TEST_F(OneEndpointTest, LoneVoteOfThreeSaysWhyItDoesNotCount) {
  Connect({"b", "c"});
  Up("a");
  const auto votes = verdicts_.Votes("p/1", now_);
  EXPECT_FALSE(votes[0].counted);
  EXPECT_EQ(votes[0].why, "the only fresh one of 3 vantages: does not decide alone");
}

TEST_F(OneEndpointTest, EpochRisesOnceForAChangeAndNotWithoutOne) {
  const uint64_t epoch = board_->epoch();
  Up("a");
  EXPECT_EQ(board_->epoch(), epoch + 1);
  Up("a");
  Wait(seconds(1));
  EXPECT_EQ(board_->epoch(), epoch + 1);
}

TEST_F(OneEndpointTest, TtlCapShrinksWithContraryResults) {
  Up("a");
  EXPECT_EQ(board_->endpoint(0).ttl_cap_s, 6) << "an interval, then two quick tries";
  Evidence failing;
  failing.opinion = Opinion::kUp;
  failing.observed = now_;
  failing.sequence = ++sequence_;
  failing.contrary = 1;
  verdicts_.Observe("a", "p/1", failing, now_);
  EXPECT_EQ(board_->endpoint(0).ttl_cap_s, 1);
  EXPECT_EQ(board_->pool(0).ttl_cap_s, 1);
}

TEST_F(OneEndpointTest, TtlCapOfADownEndpointIsTheTimeToRise) {
  Down("a");
  EXPECT_EQ(board_->endpoint(0).ttl_cap_s, 10);
}

TEST_F(OneEndpointTest, OperatorsWordHasNoTtlCap) {
  layout_.endpoints[0].forced = Forced::kDown;
  Configure();
  EXPECT_EQ(board_->endpoint(0).ttl_cap_s, 0xFFFF);
}

TEST_F(OneEndpointTest, DrainBeatsForceBeatsVerdict) {
  Up("a");
  layout_.endpoints[0].forced = Forced::kDown;
  Configure();
  EXPECT_EQ(StandingOf(), Standing::kForcedDown);
  EXPECT_EQ(Reason(), "forced down by operator");
  layout_.endpoints[0].drained = true;
  Configure();
  EXPECT_EQ(StandingOf(), Standing::kDrained);
  layout_.endpoints[0] = Spec("p/1");
  Configure();
  EXPECT_EQ(StandingOf(), Standing::kUp) << "the verdict went on below";
}

TEST_F(OneEndpointTest, UnmonitoredIsUnmonitoredUnlessForced) {
  layout_.endpoints[0].monitored = false;
  Configure();
  EXPECT_EQ(StandingOf(), Standing::kUnmonitored);
  layout_.endpoints[0].forced = Forced::kUp;
  Configure();
  EXPECT_EQ(StandingOf(), Standing::kForcedUp);
}

TEST_F(OneEndpointTest, NewMonitorStartsWithoutTheOldEvidence) {
  Up("a");
  layout_.endpoints[0].monitored = false;
  Configure();
  layout_.endpoints[0].monitored = true;
  Configure();
  EXPECT_EQ(StandingOf(), Standing::kNoData);
}

TEST_F(OneEndpointTest, NewRuleCountsTheSameEvidenceAnew) {
  Up("a");
  Wait(seconds(10));
  layout_.endpoints[0].rule.staleness = seconds(5);
  Configure();
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
}

TEST_F(OneEndpointTest, MemoryOutlivesTheProcess) {
  Down("a");
  Verdicts reborn;
  reborn.Restore(verdicts_.Remember());
  reborn.Configure(layout_, board_, now_);
  EXPECT_EQ(reborn.Report("p/1", now_).standing, Standing::kLastDown);
  EXPECT_THAT(reborn.Remember().last_up, ElementsAre(Pair("p/1", false)));
}

class ManyEndpointsTest : public VerdictsTest {
 protected:
  ManyEndpointsTest() : VerdictsTest(3) { Configure(); }
};

TEST_F(ManyEndpointsTest, VerdictsFollowTheirEndpointsThroughConfigurations) {
  Up("a", "p/1");
  Down("a", "p/3");
  std::swap(layout_.endpoints[0], layout_.endpoints[2]);
  Configure();
  EXPECT_EQ(StandingOf(0), Standing::kDown);
  EXPECT_EQ(StandingOf(1), Standing::kNoData);
  EXPECT_EQ(StandingOf(2), Standing::kUp);
}

TEST_F(ManyEndpointsTest, NewBoardContinuesTheEpoch) {
  Up("a", "p/1");
  const uint64_t epoch = board_->epoch();
  Configure();
  EXPECT_GT(board_->epoch(), epoch);
}

TEST_F(ManyEndpointsTest, StaleTogetherIsOneEpoch) {
  for (const char* endpoint : {"p/1", "p/2", "p/3"}) Up("a", endpoint);
  const uint64_t epoch = board_->epoch();
  now_ += seconds(18);
  verdicts_.Tick(now_);
  EXPECT_EQ(board_->pool(0).v4, Bit(Standing::kStaleUp));
  EXPECT_EQ(board_->epoch(), epoch + 1);
}

TEST_F(ManyEndpointsTest, PoolWordFollowsItsEndpoints) {
  Up("a", "p/1");
  Down("a", "p/2");
  EXPECT_EQ(board_->pool(0).v4, Bit(Standing::kUp) | Bit(Standing::kDown) | Bit(Standing::kNoData));
  layout_.pools[0].weight = 7;
  Configure();
  EXPECT_EQ(board_->pool(0).weight, 7);
  for (EndpointSpec& spec : layout_.endpoints) spec.weight = 0;
  Configure();
  EXPECT_EQ(board_->pool(0).weight, 0);
}

TEST_F(ManyEndpointsTest, RemovedEndpointIsForgotten) {
  Up("a", "p/3");
  layout_.endpoints.pop_back();
  shape_ = {{{0, 2, 0}}, 2, 0, 0};
  Configure();
  EXPECT_THAT(verdicts_.Remember().last_up, IsEmpty());
  Up("a", "p/3");
  EXPECT_EQ(verdicts_.dropped().unknown_endpoints, 1U);
}

}  // namespace
}  // namespace waypost::liveness
