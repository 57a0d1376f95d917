// What the vantages read of loads, on its way to the board.
#include <gtest/gtest.h>

#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

/// Pools p, of endpoints p/1 and p/2, and q, of p/3, both in region r.
class LoadTest : public VerdictsTest {
 protected:
  LoadTest() : VerdictsTest(3) {
    layout_.pools = {{"p", 100}, {"q", 100}};
    layout_.regions.push_back({.name = "r"});
    shape_ = {{{0, 2, 0}, {2, 1, 0}}, 3, 0, 0};
  }

  void Read(const std::string& vantage, const std::string& endpoint, Load load,
            Opinion opinion = Opinion::kUp) {
    Evidence evidence;
    evidence.opinion = opinion;
    evidence.observed = now_;
    evidence.sequence = ++sequence_;
    evidence.load = load;
    verdicts_.Observe(vantage, endpoint, evidence, now_);
  }
  /// After the next tick.
  Load Shown(uint32_t pool = 0) {
    Wait(milliseconds(100));
    return board_->load(pool);
  }
};

TEST_F(LoadTest, PoolHasTheSumOfItsEndpoints) {
  Configure();
  EXPECT_FALSE(Shown().is_known());
  Read("v1", "p/1", {30, 100});
  Read("v1", "p/2", {50, 200});
  EXPECT_EQ(Shown(), (Load{80, 300}));
  EXPECT_FALSE(Shown(1).is_known());
}

TEST_F(LoadTest, EndpointWithoutALoadDoesNotCount) {
  Configure();
  Read("v1", "p/1", {30, 100});
  Up("v1", "p/2");
  EXPECT_EQ(Shown(), (Load{30, 100}));
}

TEST_F(LoadTest, EndpointThatIsDownDoesNotCount) {
  Configure();
  Read("v1", "p/1", {30, 100});
  Read("v1", "p/2", {90, 100}, Opinion::kDown);
  EXPECT_EQ(Shown(), (Load{30, 100}));
}

TEST_F(LoadTest, OfSeveralVantagesTheOneInTheMiddleCounts) {
  Configure();
  Connect({"v1", "v2", "v3"});
  Read("v1", "p/1", {0, 100});
  Read("v2", "p/1", {60, 100});
  Read("v3", "p/1", {80, 100});
  EXPECT_EQ(Shown(), (Load{60, 100}));
  EXPECT_EQ(verdicts_.Report("p/1", now_).load, (Load{60, 100}));
}

TEST_F(LoadTest, VantageWithoutAVoteHasNoSay) {
  layout_.endpoints[0].rule.weights =
      std::make_shared<VoteRule::Weights>(VoteRule::Weights{{"v1", 0}});
  Configure();
  Read("v1", "p/1", {0, 100});
  Read("v2", "p/1", {60, 100});
  EXPECT_EQ(Shown(), (Load{60, 100}));
}

TEST_F(LoadTest, EvidenceThatIsStaleTellsNothing) {
  Configure();
  Read("v1", "p/1", {30, 100});
  EXPECT_TRUE(Shown().is_known());
  Wait(layout_.endpoints[0].rule.staleness + milliseconds(200));
  EXPECT_FALSE(Shown().is_known());
}

TEST_F(LoadTest, ReplyThatNoLongerTellsMakesItUnknown) {
  Configure();
  Read("v1", "p/1", {30, 100});
  EXPECT_TRUE(Shown().is_known());
  Up("v1", "p/1");
  EXPECT_FALSE(Shown().is_known());
}

TEST_F(LoadTest, LoadOfTheRegionStandsInWhereNoneIsRead) {
  layout_.regions[0].capacity = 1000;
  Configure();
  verdicts_.SetLoad("r", 700, now_ + seconds(5), now_);
  Read("v1", "p/1", {30, 100});
  EXPECT_EQ(Shown(0), (Load{30, 100}));
  EXPECT_EQ(Shown(1), (Load{700, 1000}));
  Wait(seconds(6));
  EXPECT_FALSE(Shown(1).is_known());
}

TEST_F(LoadTest, LoadOfARegionWithoutCapacityTellsNothing) {
  Configure();
  verdicts_.SetLoad("r", 700, now_ + seconds(5), now_);
  EXPECT_FALSE(Shown(1).is_known());
}

TEST_F(LoadTest, NewBoardKnowsFromTheStart) {
  Configure();
  Read("v1", "p/1", {30, 100});
  Configure();
  EXPECT_EQ(board_->load(0), (Load{30, 100}));
}

TEST_F(LoadTest, OnlyWhatIsNoticeableRaisesTheEpoch) {
  Configure();
  Read("v1", "p/1", {300, 1000});
  Shown();
  const uint64_t epoch = board_->epoch();
  Read("v1", "p/1", {300.5, 1000});
  EXPECT_EQ(Shown(), (Load{300, 1000}));
  EXPECT_EQ(board_->epoch(), epoch);
  Read("v1", "p/1", {302, 1000});
  EXPECT_EQ(Shown(), (Load{302, 1000}));
  EXPECT_GT(board_->epoch(), epoch);
}

}  // namespace
}  // namespace waypost::liveness
