#include "dnsd/liveness/calculated_health.h"

#include "tests/unit/liveness/verdicts_fixture.h"

namespace waypost::liveness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Pools "web" and "api" in region "eu", "db" in "us", an endpoint each; and signal "go".
class CalculatedTest : public VerdictsTest {
 protected:
  CalculatedTest() : VerdictsTest(0) {
    layout_.pools.clear();
    layout_.regions = {{.name = "eu"}, {.name = "us"}};
    layout_.signals = {{"go", SignalSpec::Expiry::kUnknown}};
    shape_ = {};
    uint32_t index = 0;
    for (const char* name : {"web", "api", "db"}) {
      layout_.pools.push_back({.name = name, .region = index / 2});
      layout_.endpoints.push_back(Spec(name + std::string("/1")));
      layout_.endpoints.back().rule.staleness = std::chrono::hours(1);
      shape_.pools.push_back({index++, 1, 0});
    }
    shape_.endpoints = 3;
  }

  void Start() {
    Configure();
    for (const EndpointSpec& spec : layout_.endpoints) Up("v", spec.id);
  }
  void Tell(bool up, seconds lease = seconds(60)) {
    verdicts_.SetSignal("go", {up, "deploying", "ci", now_, now_ + lease}, now_);
  }

  static constexpr uint32_t kWeb = 0, kApi = 1, kDb = 2;
};

TEST_F(CalculatedTest, PoolIsNotUsedWhileAPoolThatItNeedsIsDown) {
  layout_.pools[kWeb].needs = {.pools = {kDb}, .at_least = 1};
  Start();
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp);
  Down("v", "db/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kShort);
  EXPECT_EQ(Reason("web/1"), "up from 1 of 1; not used: needs all: pool db is down");
  Up("v", "db/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp);
}

TEST_F(CalculatedTest, SomeOfManyAreEnough) {
  layout_.pools[kWeb].needs = {.pools = {kApi, kDb}, .signals = {0}, .at_least = 2};
  Start();
  Down("v", "db/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp) << "api, and the signal is unknown";
  Tell(false);
  EXPECT_EQ(StandingOf(kWeb), Standing::kShort);
  EXPECT_THAT(Reason("web/1"), HasSubstr("needs 2 of 3: pool db is down, signal go is down"));
  Tell(true);
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp);
}

TEST_F(CalculatedTest, NeedsPassOnThroughPools) {
  layout_.pools[kWeb].needs = {.pools = {kApi}, .at_least = 1};
  layout_.pools[kApi].needs = {.pools = {kDb}, .at_least = 1};
  Start();
  Down("v", "db/1");
  EXPECT_EQ(StandingOf(kApi), Standing::kShort);
  EXPECT_EQ(StandingOf(kWeb), Standing::kShort);
  Up("v", "db/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp);
}

TEST_F(CalculatedTest, RegionWithTooFewPoolsUpTakesAllOfItsPoolsOut) {
  layout_.regions[0].min_pools_up = 2;
  Start();
  Down("v", "api/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kShort);
  EXPECT_EQ(StandingOf(kDb), Standing::kUp);
  EXPECT_THAT(Reason("web/1"), HasSubstr("region eu is down: 1 of 2 pools up, 2 wanted"));
  EXPECT_FALSE(verdicts_.RegionState(0)->up);
  EXPECT_FALSE(verdicts_.RegionState(1).has_value()) << "it has no rule";
  Up("v", "api/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp);
}

TEST_F(CalculatedTest, PoolOfTheSameRegionMayNeedAnother) {
  layout_.regions[0].min_pools_up = 1;
  layout_.pools[kWeb].needs = {.pools = {kApi}, .at_least = 1};
  Start();
  Down("v", "api/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kShort);
  EXPECT_FALSE(verdicts_.RegionState(0)->up) << "none of its pools is satisfied";
}

TEST_F(CalculatedTest, PoolMayNeedARegion) {
  layout_.regions[1].min_pools_up = 1;
  layout_.pools[kWeb].needs = {.regions = {1}, .at_least = 1};
  Start();
  Down("v", "db/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kShort);
  EXPECT_THAT(Reason("web/1"), HasSubstr("region us is down"));
}

TEST_F(CalculatedTest, ForcedUpEndpointIsUsedWhateverItsPoolNeeds) {
  layout_.pools[kWeb].needs = {.pools = {kDb}, .at_least = 1};
  layout_.endpoints[kWeb].forced = Forced::kUp;
  Start();
  Down("v", "db/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kForcedUp);
}

TEST_F(CalculatedTest, EndpointIsDownWhileItsSignalIs) {
  layout_.endpoints[kWeb].signal = 0;
  Start();
  Tell(false);
  EXPECT_EQ(StandingOf(kWeb), Standing::kDown);
  EXPECT_EQ(Reason("web/1"), "down: signal go is down (deploying)");
  Tell(true);
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp);
}

TEST_F(CalculatedTest, EndpointWithoutMonitorFollowsItsSignal) {
  layout_.endpoints[kWeb].signal = 0;
  layout_.endpoints[kWeb].monitored = false;
  Configure();
  EXPECT_EQ(StandingOf(kWeb), Standing::kUnmonitored);
  Tell(false);
  EXPECT_EQ(StandingOf(kWeb), Standing::kDown);
}

TEST_F(CalculatedTest, LeaseThatRanOutCountsAsDeclared) {
  for (const auto expiry :
       {SignalSpec::Expiry::kUnknown, SignalSpec::Expiry::kUp, SignalSpec::Expiry::kDown}) {
    layout_.endpoints[kWeb].signal = 0;
    layout_.signals[0].on_expiry = expiry;
    Start();
    Tell(expiry != SignalSpec::Expiry::kDown ? false : true, seconds(60));
    Wait(seconds(59));
    EXPECT_EQ(StandingOf(kWeb) == Standing::kUp, expiry == SignalSpec::Expiry::kDown);
    Wait(seconds(2));
    EXPECT_EQ(StandingOf(kWeb) == Standing::kUp, expiry != SignalSpec::Expiry::kDown);
    EXPECT_TRUE(verdicts_.Signals(now_)[0].expired);
  }
}

TEST_F(CalculatedTest, ChangesAndEndsOfSignalsAreTold) {
  Start();
  verdicts_.TakeNews();
  Tell(false);
  Tell(false);
  Wait(seconds(61));
  std::vector<std::string> texts;
  for (const News& news : verdicts_.TakeNews()) texts.push_back(news.subject + " " + news.text);
  EXPECT_THAT(texts, ElementsAre("signal/go down: deploying", "signal/go was not renewed in time"));
  Configure();
  Wait(seconds(1));
  EXPECT_TRUE(verdicts_.TakeNews().empty()) << "a new configuration is no news";
}

TEST_F(CalculatedTest, SignalSurvivesARestartWithWhatIsLeftOfItsLease) {
  layout_.endpoints[kWeb].signal = 0;
  Start();
  Tell(false);
  const Memory memory = verdicts_.Remember();
  verdicts_ = Verdicts();
  verdicts_.Restore(memory);
  Configure();
  Up("v", "web/1");
  EXPECT_EQ(StandingOf(kWeb), Standing::kDown);
  Wait(seconds(61));
  EXPECT_EQ(StandingOf(kWeb), Standing::kUp);
}

TEST_F(CalculatedTest, UndeclaredSignalIsRefused) {
  Start();
  EXPECT_FALSE(verdicts_.SetSignal("gone", {true, "", "", now_, now_ + seconds(60)}, now_));
}

}  // namespace
}  // namespace waypost::liveness
