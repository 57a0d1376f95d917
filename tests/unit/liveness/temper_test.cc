#include "dnsd/liveness/temper.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

class TemperTest : public ::testing::Test {
 protected:
  Steady Is(bool up) { return temper_.Update(damping_, slow_start_, up, now_); }
  void Flap() {
    Is(false);
    now_ += seconds(1);
    Is(true);
    now_ += seconds(1);
  }

  Damping damping_{seconds(60), 3, 1.5, seconds(600)};
  SlowStart slow_start_;
  Temper temper_;
  Steady now_{seconds(1000)};
};

TEST_F(TemperTest, FirstVerdictAndOneFlapAreNotDamped) {
  Is(true);
  Flap();
  EXPECT_FALSE(temper_.damped());
}

TEST_F(TemperTest, ManyFlapsAreDampedUntilThePenaltyDecayed) {
  Is(true);
  for (int i = 0; i < 4; ++i) Flap();
  EXPECT_TRUE(temper_.damped());
  const Steady until = temper_.damped_until();
  EXPECT_GT(until - now_, seconds(60));
  EXPECT_LT(until - now_, seconds(90)) << "from less than 4 to 1.5 with a half-life of 60 s";
  now_ = until - milliseconds(100);
  Is(true);
  EXPECT_TRUE(temper_.damped());
  now_ = until;
  Is(true);
  EXPECT_FALSE(temper_.damped());
}

TEST_F(TemperTest, SlowFlapsDecayBetween) {
  Is(true);
  for (int i = 0; i < 10; ++i) {
    Flap();
    EXPECT_FALSE(temper_.damped());
    now_ += seconds(60);
  }
}

TEST_F(TemperTest, DampingEndsAtItsLongest) {
  damping_.max = seconds(30);
  Is(true);
  for (int i = 0; i < 40; ++i) Flap();
  ASSERT_TRUE(temper_.damped());
  EXPECT_LE(temper_.damped_until() - now_, seconds(30));
  now_ += seconds(30);
  Is(true);
  EXPECT_FALSE(temper_.damped());
}

TEST_F(TemperTest, WithoutDampingNothingIsKeptDown) {
  damping_ = {};
  Is(true);
  for (int i = 0; i < 40; ++i) Flap();
  EXPECT_FALSE(temper_.damped());
}

TEST_F(TemperTest, RampsFromItsFirstShareToTheWhole) {
  slow_start_ = {seconds(100), 10};
  Is(true);
  EXPECT_EQ(temper_.ramp(), Temper::kWhole) << "it did not recover, it was never down";
  Is(false);
  Steady next = Is(true);
  EXPECT_EQ(temper_.ramp(), 25);
  int steps = 0;
  for (uint8_t before = 0; next != Steady::max(); ++steps) {
    EXPECT_GT(temper_.ramp(), before);
    before = temper_.ramp();
    now_ = next;
    next = Is(true);
  }
  EXPECT_EQ(temper_.ramp(), Temper::kWhole);
  EXPECT_EQ(steps, 20);
  EXPECT_EQ(now_, Steady(seconds(1100)));
}

TEST_F(TemperTest, GoingDownEndsTheRampAndTheNextStartsAnew) {
  slow_start_ = {seconds(100), 10};
  Is(false);
  Is(true);
  now_ += seconds(90);
  Is(false);
  EXPECT_EQ(temper_.ramp(), Temper::kWhole);
  Is(true);
  EXPECT_EQ(temper_.ramp(), 25);
}

class CourseTest : public VerdictsTest {
 protected:
  CourseTest() : VerdictsTest(4) {}
};

TEST_F(CourseTest, RecoveredPoolGetsItsWeightBackLittleByLittle) {
  for (EndpointSpec& spec : layout_.endpoints) {
    spec.slow_start = {seconds(60), 10};
    spec.rule.staleness = seconds(600);
  }
  Configure();
  for (const char* endpoint : {"p/1", "p/2", "p/3", "p/4"}) Down("a", endpoint);
  for (const char* endpoint : {"p/1", "p/2"}) Up("a", endpoint);
  EXPECT_EQ(board_->pool(0).weight, 9);
  EXPECT_EQ(board_->endpoint(0).weight, 9);
  EXPECT_EQ(Reason(), "up from 1 of 1; slow start, 9 % of its share");
  Wait(seconds(31));
  EXPECT_NEAR(board_->pool(0).weight, 55, 4);
  Up("a", "p/3");
  EXPECT_NEAR(board_->pool(0).weight, 55, 4) << "who comes later does not set the pool back";
  Wait(seconds(30));
  EXPECT_EQ(board_->pool(0).weight, 100);
  EXPECT_EQ(board_->endpoint(0).ramp, Temper::kWhole);
  EXPECT_EQ(Reason(), "up from 1 of 1");
  EXPECT_LT(board_->endpoint(2).ramp, Temper::kWhole);
}

TEST_F(CourseTest, RestartForgetsNeitherThePenaltyNorTheRamp) {
  layout_.endpoints[0].damping = {seconds(60), 3, 1.5, seconds(600)};
  layout_.endpoints[1].slow_start = {seconds(100), 10};
  for (int i : {0, 1}) layout_.endpoints[i].rule.staleness = seconds(600);
  Configure();
  for (const char* endpoint : {"p/1", "p/2"}) Up("a", endpoint);
  for (int i = 0; i < 4; ++i) {
    Down("a");
    Up("a");
  }
  Down("a", "p/2");
  Up("a", "p/2");
  Wait(seconds(50));
  const uint8_t ramp = board_->endpoint(1).ramp;
  ASSERT_NEAR(ramp, 140, 10);
  const Memory memory = verdicts_.Remember();
  verdicts_ = Verdicts();
  verdicts_.Restore(memory);
  Configure();
  EXPECT_EQ(StandingOf(0), Standing::kDown) << "damped";
  EXPECT_EQ(board_->endpoint(1).ramp, ramp);
  for (const char* endpoint : {"p/1", "p/2"}) Up("a", endpoint);
  EXPECT_EQ(StandingOf(0), Standing::kDown);
  EXPECT_EQ(board_->endpoint(1).ramp, ramp);
  Wait(seconds(51));
  EXPECT_EQ(StandingOf(0), Standing::kUp);
  EXPECT_EQ(board_->endpoint(1).ramp, Temper::kWhole);
}

TEST_F(CourseTest, DampedEndpointIsDownAndSaysUntilWhen) {
  layout_.endpoints[0].damping = {seconds(60), 3, 1.5, seconds(600)};
  Configure();
  Up("a");
  for (int i = 0; i < 4; ++i) {
    Down("a");
    Up("a");
  }
  EXPECT_EQ(StandingOf(), Standing::kDown);
  EXPECT_EQ(Reason(), "down: damped with a penalty of 4.0, up again in 84 s");
  for (int i = 0; i < 17; ++i) {
    Wait(seconds(5));
    Up("a");
  }
  EXPECT_EQ(StandingOf(), Standing::kUp);
}

TEST_F(CourseTest, WithFewerThanItsLeastNumberUpNoneOfThePoolIsUsed) {
  layout_.pools[0].health.min_up = 2;
  Configure();
  for (const char* endpoint : {"p/1", "p/2", "p/3", "p/4"}) Up("a", endpoint);
  verdicts_.TakeChanges();
  for (const char* endpoint : {"p/2", "p/3"}) Down("a", endpoint);
  EXPECT_EQ(StandingOf(0), Standing::kUp);
  Down("a", "p/4");
  EXPECT_EQ(StandingOf(0), Standing::kShort);
  EXPECT_EQ(Reason("p/1"), "up from 1 of 1; not used: too few of its pool are up");
  std::vector<std::string> changed;
  for (const Verdict& change : verdicts_.TakeChanges()) changed.push_back(change.endpoint);
  EXPECT_EQ(changed, (std::vector<std::string>{"p/2", "p/3", "p/1", "p/4"}));
  Up("a", "p/2");
  EXPECT_EQ(StandingOf(0), Standing::kUp);
}

TEST_F(CourseTest, InPanicAllAreUsedButWhatOperatorsTookOut) {
  layout_.pools[0].health.panic_below_percent = 50;
  layout_.endpoints[3].drained = true;
  Configure();
  for (const char* endpoint : {"p/1", "p/2", "p/3", "p/4"}) Up("a", endpoint);
  Down("a", "p/2");
  EXPECT_EQ(StandingOf(1), Standing::kDown) << "two of three are enough";
  Down("a", "p/3");
  EXPECT_EQ(StandingOf(1), Standing::kPanic);
  EXPECT_EQ(StandingOf(2), Standing::kPanic);
  EXPECT_EQ(StandingOf(3), Standing::kDrained);
  Down("a", "p/1");
  for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(StandingOf(i), Standing::kDown) << "none is up";
}

TEST_F(CourseTest, PanicCanCountWeights) {
  layout_.pools[0].health = {0, 50, true};
  layout_.endpoints[0].weight = 400;
  Configure();
  for (const char* endpoint : {"p/1", "p/2", "p/3", "p/4"}) Up("a", endpoint);
  for (const char* endpoint : {"p/2", "p/3", "p/4"}) Down("a", endpoint);
  EXPECT_EQ(StandingOf(1), Standing::kDown) << "400 of 700 is up";
  Up("a", "p/2");
  Up("a", "p/3");
  Down("a", "p/1");
  EXPECT_EQ(StandingOf(0), Standing::kPanic) << "200 of 700 is up";
}

}  // namespace
}  // namespace waypost::liveness
