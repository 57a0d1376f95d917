#include "dnsd/liveness/holds.h"

#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint32_t kDelayed = 0;
constexpr uint32_t kManual = 1;

class HoldsTest : public VerdictsTest {
 protected:
  HoldsTest() : VerdictsTest(2) {
    layout_.holds = {{"policy/p", 0, false, seconds(30)}, {"other/p", 0, true, seconds(0)}};
    layout_.endpoints[0].rule.staleness = seconds(600);
    layout_.endpoints[1].rule.staleness = seconds(600);
    Configure();
  }
  void PoolDown() {
    Down("a", "p/1");
    Down("a", "p/2");
  }
  void PoolUp() { Up("a", "p/2"); }
};

TEST_F(HoldsTest, PoolThatNeverWentDownIsNotHeld) {
  PoolUp();
  Wait(seconds(1));
  EXPECT_FALSE(board_->held(kDelayed));
  EXPECT_FALSE(board_->held(kManual));
  EXPECT_THAT(verdicts_.Held(), IsEmpty());
}

TEST_F(HoldsTest, OneEndpointDownDoesNotHoldItsPool) {
  Up("a", "p/1");
  Down("a", "p/2");
  Up("a", "p/2");
  EXPECT_THAT(verdicts_.Held(), IsEmpty());
}

TEST_F(HoldsTest, PoolIsHeldFromTheMomentItComesUpAgain) {
  PoolDown();
  EXPECT_THAT(verdicts_.Held(), IsEmpty()) << "it is down, it does not wait";
  EXPECT_TRUE(board_->held(kManual)) << "before anyone can see it up";
  PoolUp();
  EXPECT_THAT(verdicts_.Held(), ElementsAre("policy/p", "other/p"));
}

TEST_F(HoldsTest, DelayedHoldEndsAfterItsDelay) {
  PoolDown();
  PoolUp();
  Wait(seconds(29));
  EXPECT_TRUE(board_->held(kDelayed));
  const uint64_t epoch = board_->epoch();
  Wait(seconds(1));
  EXPECT_FALSE(board_->held(kDelayed));
  EXPECT_TRUE(board_->held(kManual));
  EXPECT_EQ(board_->epoch(), epoch + 1);
}

TEST_F(HoldsTest, DelayStartsAnewWhenThePoolGoesDownAgain) {
  PoolDown();
  PoolUp();
  Wait(seconds(20));
  PoolDown();
  PoolUp();
  Wait(seconds(20));
  EXPECT_TRUE(board_->held(kDelayed));
  Wait(seconds(10));
  EXPECT_FALSE(board_->held(kDelayed));
}

TEST_F(HoldsTest, ManualHoldWaitsForRelease) {
  PoolDown();
  PoolUp();
  Wait(std::chrono::minutes(5));
  EXPECT_TRUE(board_->held(kManual));
  EXPECT_THAT(verdicts_.Release({"other/p", "policy/p", "nobody/p"}), ElementsAre("other/p"));
  EXPECT_FALSE(board_->held(kManual));
  EXPECT_THAT(verdicts_.Release({"other/p"}), IsEmpty());
}

TEST_F(HoldsTest, ReleaseOfAPoolThatIsDownHasNoEffect) {
  PoolDown();
  EXPECT_THAT(verdicts_.Release({"other/p"}), IsEmpty());
  PoolUp();
  EXPECT_TRUE(board_->held(kManual));
}

TEST_F(HoldsTest, UndrainedPoolIsHeldLikeAnyOther) {
  PoolUp();
  for (EndpointSpec& spec : layout_.endpoints) spec.drained = true;
  Configure();
  for (EndpointSpec& spec : layout_.endpoints) spec.drained = false;
  Configure();
  EXPECT_THAT(verdicts_.Held(), ElementsAre("policy/p", "other/p"));
}

TEST_F(HoldsTest, HoldsFollowTheirIdsThroughConfigurations) {
  PoolDown();
  PoolUp();
  std::swap(layout_.holds[0], layout_.holds[1]);
  layout_.holds.push_back({"new/p", 0, true, seconds(0)});
  Configure();
  EXPECT_TRUE(board_->held(0));
  EXPECT_TRUE(board_->held(1));
  EXPECT_FALSE(board_->held(2)) << "declared after the pool had recovered";
}

TEST_F(HoldsTest, HoldsOutliveTheProcess) {
  PoolDown();
  PoolUp();
  Wait(seconds(20));
  Verdicts reborn;
  reborn.Restore(verdicts_.Remember());
  reborn.Configure(layout_, board_, now_);
  EXPECT_THAT(reborn.Held(), ElementsAre("policy/p", "other/p"));
  reborn.Tick(now_ + seconds(9));
  EXPECT_TRUE(board_->held(kDelayed));
  reborn.Tick(now_ + seconds(10));
  EXPECT_FALSE(board_->held(kDelayed)) << "the delay went on";
  EXPECT_TRUE(board_->held(kManual));
}

TEST_F(HoldsTest, PoolThatWasDownBeforeTheRestartIsHeldWhenItComesUp) {
  PoolDown();
  Verdicts reborn;
  reborn.Restore({verdicts_.Remember().last_up, {}});
  reborn.Configure(layout_, board_, now_);
  Evidence up;
  up.opinion = Opinion::kUp;
  up.observed = now_;
  reborn.Observe("a", "p/1", up, now_);
  EXPECT_THAT(reborn.Held(), ElementsAre("policy/p", "other/p"));
}

}  // namespace
}  // namespace waypost::liveness
