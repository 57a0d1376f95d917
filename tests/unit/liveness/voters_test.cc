// Who has a vote, and how many: regions, weights, vantages that doubt themselves, long pauses.
#include <gtest/gtest.h>

#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VotersTest : public VerdictsTest {
 protected:
  VoteRule& rule() { return layout_.endpoints[0].rule; }
  void Introduce(const std::string& vantage, const std::string& region, uint32_t asn = 0) {
    verdicts_.Introduce(vantage, {region, asn}, now_);
  }
  void Tell(const std::string& vantage, Evidence evidence) {
    evidence.sequence = ++sequence_;
    verdicts_.Observe(vantage, "p/1", evidence, now_);
  }
  void Doubts(const std::string& vantage, Doubt::Cause cause) {
    verdicts_.Doubts(vantage, {cause, cause == Doubt::Cause::kNone ? "" : "a reason"}, now_);
    verdicts_.Tick(now_);
  }
  std::vector<std::string> News() {
    std::vector<std::string> texts;
    for (const auto& news : verdicts_.TakeNews()) {
      if (news.kind == "dissent") texts.push_back("dissent " + news.subject + ": " + news.text);
    }
    return texts;
  }
  std::string WhyOf(const std::string& vantage) const {
    for (const VoteReport& vote : verdicts_.Votes("p/1", now_)) {
      if (vote.vantage == vantage) return (vote.counted ? "counted: " : "not: ") + vote.why;
    }
    return "";
  }
};

TEST_F(VotersTest, RegionsDecideByTheirMajorityAndManyVantagesOfOneDoNotOutvoteTheOthers) {
  rule().by_region = true;
  Configure();
  for (const char* vantage : {"a1", "a2", "a3"}) Introduce(vantage, "a");
  Introduce("b1", "b");
  Introduce("c1", "c");
  for (const char* vantage : {"a1", "a2", "a3", "b1", "c1"}) Up(vantage);
  for (const char* vantage : {"a1", "a2", "a3"}) Down(vantage);
  EXPECT_EQ(StandingOf(), Standing::kUp) << "one region of three";
  Down("b1");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(VotersTest, OneRegionAloneDecidesNothingWhereThreeAreKnown) {
  rule().by_region = true;
  rule().quorum = Quorum::kAny;
  Configure();
  for (const char* region : {"a", "b", "c"}) Introduce(region + std::string("1"), region);
  Introduce("a2", "a");
  for (const char* vantage : {"a1", "a2", "b1", "c1"}) Up(vantage);
  Wait(seconds(16));
  Up("a1");
  Up("a2");
  Wait(seconds(2));
  Down("a1");
  Down("a2");
  EXPECT_NE(StandingOf(), Standing::kDown) << "b and c are stale";
}

TEST_F(VotersTest, WeightsCountAsVotesAndZeroIsNotKnown) {
  rule().weights =
      std::make_shared<VoteRule::Weights>(VoteRule::Weights{{"heavy", 3}, {"mute", 0}});
  Configure();
  for (const char* vantage : {"heavy", "mute", "x", "y"}) Up(vantage);
  Down("x");
  Down("y");
  Down("mute");
  EXPECT_EQ(StandingOf(), Standing::kUp) << "3 votes against 2";
  EXPECT_EQ(WhyOf("heavy"), "counted: fresh, 3 votes");
  EXPECT_EQ(WhyOf("mute"), "not: has no vote here");
  Down("heavy");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(VotersTest, HeavyVantageAloneDecidesNothingWhereThreeAreKnown) {
  rule().weights = std::make_shared<VoteRule::Weights>(VoteRule::Weights{{"heavy", 100}});
  Configure();
  for (const char* vantage : {"heavy", "x", "y"}) Up(vantage);
  Down("heavy");
  EXPECT_EQ(StandingOf(), Standing::kUp);
}

TEST_F(VotersTest, VantageThatDoubtsItselfHasNoVoteUntilItTrustsItselfAgain) {
  Configure();
  Up("a");
  Doubts("a", Doubt::Cause::kReferences);
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kUp) << "it was up when it could still tell";
  EXPECT_EQ(WhyOf("a"), "not: suspended: a reason");
  EXPECT_EQ(verdicts_.Suspended("a"), "a reason");
  Doubts("a", Doubt::Cause::kNone);
  EXPECT_EQ(StandingOf(), Standing::kUp) << "it was blind when it saw that";
  EXPECT_EQ(verdicts_.Suspended("a"), "");
  Down("a");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(VotersTest, StaleVerdictSaysThatTheOnlyEvidenceIsSuspended) {
  Configure();
  Up("a");
  Doubts("a", Doubt::Cause::kReferences);
  Wait(seconds(17));
  Down("a");
  Wait(seconds(1));
  EXPECT_EQ(StandingOf(), Standing::kStaleUp);
  EXPECT_EQ(Reason(), "stale: no evidence that counts, was up; 1 suspended");
}

TEST_F(VotersTest, TwoSuspendedOfFiveLeaveTheVerdictToTheOthers) {
  Configure();
  for (const char* vantage : {"a", "b", "c", "d", "e"}) Up(vantage);
  Doubts("a", Doubt::Cause::kReferences);
  Doubts("b", Doubt::Cause::kReferences);
  for (const char* vantage : {"a", "b", "c"}) Down(vantage);
  EXPECT_EQ(StandingOf(), Standing::kUp);
  EXPECT_EQ(Reason(), "up from 2 of 3; 2 suspended");
  Down("d");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(VotersTest, WhatMoreThanHalfOfTheOthersSeeTooIsNoReasonToDoubt) {
  Configure();
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Doubts("a", Doubt::Cause::kTogether);
  EXPECT_EQ(verdicts_.Suspended("a"), "a reason");
  Doubts("b", Doubt::Cause::kTogether);
  EXPECT_EQ(verdicts_.Suspended("a"), "a reason") << "one of two others is not more than half";
  Doubts("c", Doubt::Cause::kTogether);
  EXPECT_EQ(verdicts_.Suspended("a"), "");
  Down("a");
  Down("b");
  EXPECT_EQ(StandingOf(), Standing::kDown);
}

TEST_F(VotersTest, DissentersOfOneNetworkMakeThePathSuspect) {
  Configure();
  for (const char* vantage : {"a", "b"}) Introduce(vantage, "x", 64500);
  for (const char* vantage : {"c", "d", "e"}) Introduce(vantage, "x", 64501);
  for (const char* vantage : {"a", "b", "c", "d", "e"}) Up(vantage);
  Down("a");
  Down("b");
  EXPECT_EQ(Reason(), "up from 3 of 5; down from 2 of 5, both in AS 64500: path trouble suspected");
  Introduce("c", "x", 64500);
  EXPECT_EQ(Reason(), "up from 3 of 5") << "c stands there too and sees it up";
}

TEST_F(VotersTest, DissentersOfOneRegionMakeThePathSuspect) {
  Configure();
  Introduce("a", "asia");
  for (const char* vantage : {"b", "c"}) Introduce(vantage, "europe");
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Down("a");
  EXPECT_EQ(Reason(), "up from 2 of 3; down from 1 of 3, in region asia: path trouble suspected");
}

TEST_F(VotersTest, VantagesThatAreLaterThanOthersAreNoPathTrouble) {
  Configure();
  Introduce("a", "asia");
  for (const char* vantage : {"b", "c"}) Introduce(vantage, "europe");
  // b and c see it up for so long, a sees it down.
  const auto reason = [&](seconds up_for, seconds down_for) {
    for (const char* vantage : {"b", "c"}) Tell(vantage, {Opinion::kUp, now_, now_ - up_for});
    Tell("a", {Opinion::kDown, now_, now_ - down_for});
    return Reason();
  };
  EXPECT_EQ(reason(seconds(60), seconds(9)), "up from 2 of 3") << "b and c may see it in a moment";
  EXPECT_THAT(reason(seconds(60), seconds(10)), HasSubstr("path trouble suspected"));
  Up("a");
  EXPECT_EQ(reason(seconds(14), seconds(60)), "up from 2 of 3") << "it has just come back";
  EXPECT_THAT(reason(seconds(15), seconds(60)), HasSubstr("path trouble suspected"));
}

TEST_F(VotersTest, PathTroubleIsToldOnceWhenItBeginsAndOnceWhenItIsOver) {
  Configure();
  for (const char* vantage : {"a", "b"}) Introduce(vantage, "x", 64500);
  for (const char* vantage : {"c", "d", "e"}) Introduce(vantage, "x", 64501);
  const auto all_up_but = [&](std::initializer_list<const char*> dissenters) {
    for (const char* vantage : {"a", "b", "c", "d", "e"}) Tell(vantage, {Opinion::kUp, now_});
    for (const char* vantage : dissenters) Tell(vantage, {Opinion::kDown, now_, now_});
  };
  for (const char* vantage : {"a", "b", "c", "d", "e"}) Up(vantage);
  EXPECT_THAT(News(), IsEmpty());
  Down("a");
  EXPECT_THAT(News(), IsEmpty()) << "b stands there too and sees it up";
  Down("b");
  EXPECT_THAT(News(), ElementsAre("dissent endpoint/p/1: down from 2 of 5, both in AS 64500: path "
                                  "trouble suspected"));
  Tell("e", {Opinion::kUp, now_, now_});
  EXPECT_THAT(Reason(), HasSubstr("path trouble suspected")) << "it goes on, though e was away";
  Wait(seconds(5));
  EXPECT_THAT(News(), IsEmpty()) << "it was told";
  all_up_but({});
  EXPECT_THAT(News(), ElementsAre("dissent endpoint/p/1: over: up from 4 of 5")) << "a was first";
  all_up_but({"a", "b"});
  EXPECT_THAT(News(), IsEmpty()) << "others may be about to see it";
}

TEST_F(VotersTest, PathTroubleIsOverWhenItIsDown) {
  Configure();
  Introduce("a", "asia");
  for (const char* vantage : {"b", "c"}) Introduce(vantage, "europe");
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Down("a");
  ASSERT_THAT(News(), SizeIs(1));
  Down("b");
  EXPECT_THAT(News(), ElementsAre("dissent endpoint/p/1: over: down from 2 of 3 (connect: "
                                  "connection refused)"));
}

TEST_F(VotersTest, PathTroubleThatNobodySeesAnyMoreIsOver) {
  Configure();
  Introduce("a", "asia");
  for (const char* vantage : {"b", "c"}) Introduce(vantage, "europe");
  for (const char* vantage : {"a", "b", "c"}) Up(vantage);
  Down("a");
  ASSERT_THAT(News(), SizeIs(1));
  Wait(seconds(10));
  for (const char* vantage : {"b", "c"}) Up(vantage);
  Wait(seconds(8));
  EXPECT_THAT(News(), ElementsAre("dissent endpoint/p/1: over: up from 2 of 2")) << "a is stale";
}

TEST_F(VotersTest, WrongAnswerInOnePlaceIsNoPathTrouble) {
  Configure();
  Introduce("a", "asia");
  for (const char* vantage : {"b", "c"}) Introduce(vantage, "europe");
  for (const char* vantage : {"b", "c"}) Up(vantage);
  Evidence wrong{Opinion::kDown, now_};
  wrong.failed_layer = 7;
  Tell("a", wrong);
  EXPECT_EQ(Reason(), "up from 2 of 3; down from 1 of 3, in region asia: seen only from there");
}

TEST_F(VotersTest, WhoCannotLookSaysWhyThereIsNoVerdictOrAnOldOne) {
  Configure();
  const auto cannot = [&](const char* why) {
    Evidence none{Opinion::kNone, now_};
    none.detail = why;
    Tell("a", none);
  };
  cannot("too many open files");
  EXPECT_EQ(Reason(), "no verdict yet: too many open files");
  Up("a");
  Wait(seconds(18));
  cannot("too many open files");
  EXPECT_EQ(Reason(), "stale: no evidence, was up: too many open files");
}

TEST_F(VotersTest, EvidenceOfDownIsFreshForThePauseLonger) {
  rule().backoff = seconds(60);
  Configure();
  Down("a");
  Wait(seconds(76));
  EXPECT_EQ(StandingOf(), Standing::kDown);
  Wait(seconds(2));
  EXPECT_EQ(StandingOf(), Standing::kStaleDown);
  Up("a");
  Wait(seconds(18));
  EXPECT_EQ(StandingOf(), Standing::kStaleUp) << "that of up is not";
}

}  // namespace
}  // namespace waypost::liveness
