#include "dnsd/steer/decide.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/base/random.h"
#include "tests/support/world.h"

namespace waypost::steer {
namespace {

using liveness::Standing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Two regions with two endpoints each; both families.
test::World TwoRegions(const std::string& policy) {
  test::World world;
  world.AddRegion("eu", "country: 'IE' latitude: 53 longitude: -6", "gdpr");
  world.AddRegion("us", "country: 'US' latitude: 39 longitude: -77", "us");
  world.AddPool("a-eu", "eu", {"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  world.AddPool("b-us", "us", {"203.0.113.1", "203.0.113.2"});
  world.AddPolicy("web", policy);
  world.AddRecord("www.example.com", "web", {"b-us", "a-eu"}, "ttl { min { seconds: 10 } }");
  world.Build();
  return world;
}

TEST(Decide, WithoutStepsAllUsableEndpointsAnswerInDeclaredOrder) {
  auto world = TwoRegions("steps { answers {} }");
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("b-us/203.0.113.1", "b-us/203.0.113.2",
                                                           "a-eu/192.0.2.1", "a-eu/192.0.2.2"));
  EXPECT_EQ(world.Decide("www.example.com").outcome, Outcome::kAnswered);
  EXPECT_EQ(world.Decide("www.example.com").pool, world.PoolOf("b-us"));
}

TEST(Decide, DownEndpointDoesNotAnswer) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetStanding("b-us/203.0.113.1", Standing::kDown);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("b-us/203.0.113.2"));
  world.SetStanding("b-us", Standing::kDrained);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("a-eu/192.0.2.1", "a-eu/192.0.2.2"));
}

TEST(Decide, EndpointInSlowStartTakesPartInItsShareOfTheAnswers) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetRamp("b-us/203.0.113.1", 64);
  int named = 0;
  for (uint64_t i = 0; i < 4000; ++i) {
    const auto answer = world.Answer("www.example.com", {.random = Mix64(i)});
    ASSERT_THAT(answer, ::testing::Contains("b-us/203.0.113.2"));
    named += static_cast<int>(answer.size()) - 1;
  }
  EXPECT_NEAR(named, 4000 * 64 / 255, 100);
}

TEST(Decide, EndpointsInSlowStartAnswerWhereNobodyElseCan) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetRamp("b-us", 1);
  EXPECT_THAT(world.Answer("www.example.com", {.random = 7}),
              ElementsAre("b-us/203.0.113.1", "b-us/203.0.113.2"));
}

std::string NthClient(int i) { return fmt::format("10.{}.{}.1", i / 256, i % 256); }

TEST(Decide, PoolThatIsHeldAnswersItsShareOfTheClientsAndEachAlwaysTheSame) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetStanding("b-us", Standing::kHeld);
  world.SetRamp("b-us", 64);
  int stays = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto answer = world.Answer("www.example.com", {.random = Mix64(i)}, NthClient(i));
    ASSERT_EQ(answer, world.Answer("www.example.com", {.random = Mix64(i + 1)}, NthClient(i)));
    const bool has_stayed = answer[0] == "b-us/203.0.113.1";
    ASSERT_EQ(answer[0], has_stayed ? "b-us/203.0.113.1" : "a-eu/192.0.2.1");
    stays += has_stayed ? 1 : 0;
  }
  EXPECT_NEAR(stays, 4000 * 64 / 255, 120);
}

TEST(Decide, WhoMovedAwayFromAHeldPoolDoesNotComeBackWhileItsShareShrinks) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetStanding("b-us", Standing::kHeld);
  std::vector<bool> stays(500, true);
  for (int share = 255; share > 0; share -= 51) {
    world.SetRamp("b-us", static_cast<uint8_t>(share));
    for (int i = 0; i < 500; ++i) {
      const bool is_there =
          world.Decide("www.example.com", {}, NthClient(i)).pool == world.PoolOf("b-us");
      ASSERT_TRUE(stays[i] || !is_there) << "client " << i << " at " << share;
      stays[i] = is_there;
    }
  }
}

TEST(Decide, PoolThatIsHeldAnswersWhereNobodyElseCan) {
  auto world = TwoRegions("steps { failover {} } on_all_down: ON_ALL_DOWN_NONE");
  world.SetStanding("b-us", Standing::kHeld);
  world.SetRamp("b-us", 1);
  world.SetStanding("a-eu", Standing::kDown);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(world.Answer("www.example.com", {}, NthClient(i)).size(), 2U);
  }
}

TEST(Decide, EndpointThatWasDownBeforeIsNotAnsweredWhileItsPoolIsHeld) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetStanding("b-us/203.0.113.1", Standing::kDown);
  world.SetStanding("b-us/203.0.113.2", Standing::kHeld);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("b-us/203.0.113.2"));
}

TEST(Decide, AnswerOfAPoolThatIsHeldHoldsForTheClientsNetwork) {
  auto world = TwoRegions("steps { failover {} }");
  EXPECT_EQ(world.Decide("www.example.com").scope, 0);
  world.SetStanding("b-us", Standing::kHeld);
  Trace trace;
  const Decision decision = world.Decide("www.example.com", {}, "198.51.100.1", Want::kA, &trace);
  EXPECT_EQ(decision.scope, world.record_of("www.example.com").ecs ? 24 : 0);
}

TEST(Decide, PinnedPoolAnswersAloneAlsoWhenEverythingIsDown) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetStanding("a-eu", Standing::kDown);
  world.SetStanding("b-us", Standing::kDown);
  world.Pin("www.example.com", "a-eu");
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("a-eu/192.0.2.1", "a-eu/192.0.2.2"));
  EXPECT_EQ(world.Decide("www.example.com").outcome, Outcome::kAllDown);
}

TEST(Decide, FamilyWithoutEndpointsIsToldFromFamilyThatIsDown) {
  auto world = TwoRegions("steps { failover {} }");
  EXPECT_THAT(world.Answer("www.example.com", {}, "198.51.100.1", Want::kAaaa),
              ElementsAre("a-eu/2001:db8::1"));
  test::World v4_only;
  v4_only.AddRegion("eu");
  v4_only.AddPool("a", "eu", {"192.0.2.1"});
  v4_only.AddPolicy("web", "steps { failover {} }");
  v4_only.AddRecord("www.example.com", "web", {"a"});
  v4_only.Build();
  const Decision decision = v4_only.Decide("www.example.com", {}, "198.51.100.1", Want::kAaaa);
  EXPECT_EQ(decision.outcome, Outcome::kNoFamily);
  EXPECT_EQ(decision.count, 0);
}

TEST(Decide, AllDownAnswersAsIfAllWereUpButTheDrained) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetStanding("b-us", Standing::kDrained);
  world.SetStanding("a-eu", Standing::kDown);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("a-eu/192.0.2.1", "a-eu/192.0.2.2"));
  EXPECT_EQ(world.Decide("www.example.com").outcome, Outcome::kAllDown);
  world.SetStanding("a-eu", Standing::kForcedDown);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("b-us/203.0.113.1", "b-us/203.0.113.2"));
}

TEST(Decide, AllDownWithNoneHasNoEndpoints) {
  auto world = TwoRegions("steps { failover {} } on_all_down: ON_ALL_DOWN_NONE");
  world.SetStanding("a-eu", Standing::kDown);
  world.SetStanding("b-us", Standing::kDown);
  EXPECT_EQ(world.Decide("www.example.com").outcome, Outcome::kNone);
  EXPECT_THAT(world.Answer("www.example.com"), IsEmpty());
}

TEST(Decide, LastResortAnswersWhateverItsHealth) {
  test::World world;
  world.AddRegion("eu");
  world.AddPool("a", "eu", {"192.0.2.1"});
  world.AddPool("sorry", "eu", {"192.0.2.99"});
  world.AddPolicy("web",
                  "steps { failover {} } on_all_down: ON_ALL_DOWN_LAST_RESORT "
                  "last_resort: 'sorry'");
  world.AddRecord("www.example.com", "web", {"a"});
  world.Build();
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("a/192.0.2.1"));
  world.SetStanding("a", Standing::kDown);
  world.SetStanding("sorry", Standing::kDrained);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("sorry/192.0.2.99"));
  EXPECT_EQ(world.Decide("www.example.com").outcome, Outcome::kAllDown);
}

TEST(Decide, PinnedPoolAnswersAloneWhileItIsUp) {
  auto world = TwoRegions("steps { failover {} }");
  world.Pin("www.example.com", "a-eu");
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("a-eu/192.0.2.1", "a-eu/192.0.2.2"));
  world.SetStanding("a-eu", Standing::kDown);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("b-us/203.0.113.1", "b-us/203.0.113.2"));
}

TEST(Decide, PinDoesNotPassAFence) {
  auto world = TwoRegions("steps { residency {} }");
  world.AddClients("198.51.100.0/24", {.country = "DE"});
  world.Pin("www.example.com", "b-us");
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("a-eu/192.0.2.1", "a-eu/192.0.2.2"));
}

TEST(Decide, FenceHoldsAlsoWhenAllAllowedAreDown) {
  auto world = TwoRegions("steps { residency {} }");
  world.AddClients("198.51.100.0/24", {.country = "DE"});
  world.SetStanding("a-eu", Standing::kDown);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("a-eu/192.0.2.1", "a-eu/192.0.2.2"));
  EXPECT_EQ(world.Decide("www.example.com").outcome, Outcome::kAllDown);
}

TEST(Decide, FenceBehindAPreferenceStillLeavesTheAllowedPool) {
  auto world = TwoRegions(
      "steps { geo { rules { continents: 'NA' pools: 'b-us' } } } "
      "steps { residency { jurisdictions { value: 'gdpr' countries: 'CA' } } }");
  world.AddClients("198.51.100.0/24",
                   {.country = "CA", .continent = geo::Continent::kNorthAmerica});
  EXPECT_THAT(world.Answer("www.example.com"), SizeIs(2));
  EXPECT_EQ(world.Decide("www.example.com").pool, world.PoolOf("a-eu"));
}

TEST(Decide, ClientThatMayGoNowhereIsFenced) {
  auto world = TwoRegions("steps { residency { jurisdictions { value: 'cn' countries: 'CN' } } }");
  world.AddClients("198.51.100.0/24", {.country = "CN"});
  EXPECT_EQ(world.Decide("www.example.com").outcome, Outcome::kFenced);
}

TEST(Decide, WeightZeroEndpointAnswersOnlyWhenNothingElseIsLeft) {
  auto world = TwoRegions("steps { failover {} }");
  world.SetEndpointWeight("b-us/203.0.113.1", 0);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("b-us/203.0.113.2"));
  world.SetStanding("b-us/203.0.113.2", Standing::kDown);
  EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("b-us/203.0.113.1"));
}

TEST(Decide, AnswersLimitsAndDrawsByWeight) {
  auto world = TwoRegions("steps { answers { max: 1 } }");
  world.SetEndpointWeight("b-us/203.0.113.1", 0);
  world.SetEndpointWeight("b-us/203.0.113.2", 300);
  int heavy = 0;
  for (uint64_t i = 0; i < 10000; ++i) {
    const auto answer = world.Answer("www.example.com", {.random = Mix64(i)});
    ASSERT_THAT(answer, SizeIs(1));
    ASSERT_NE(answer[0], "b-us/203.0.113.1");
    heavy += answer[0] == "b-us/203.0.113.2" ? 1 : 0;
  }
  EXPECT_NEAR(heavy, 6000, 250);  // 300 of 500; five standard deviations
}

TEST(Decide, AddressInTwoPoolsAnswersOnce) {
  test::World world;
  world.AddRegion("eu");
  world.AddPool("a", "eu", {"192.0.2.1", "192.0.2.2"});
  world.AddPool("b", "eu", {"192.0.2.2", "192.0.2.3"});
  world.AddPolicy("web", "steps { answers {} }");
  world.AddRecord("www.example.com", "web", {"a", "b"});
  world.Build();
  EXPECT_THAT(world.Answer("www.example.com"),
              ElementsAre("a/192.0.2.1", "a/192.0.2.2", "b/192.0.2.3"));
}

TEST(Decide, CnameIsExactlyOne) {
  test::World world;
  world.AddRegion("eu");
  world.AddPool("a", "eu", {"one.example.net", "two.example.net"});
  world.AddPolicy("web", "steps { answers { max: 4 } }");
  world.AddRecord("www.example.com", "web", {"a"}, "types: RECORD_TYPE_CNAME");
  world.Build();
  EXPECT_THAT(world.Answer("www.example.com", {}, "198.51.100.1", Want::kCname), SizeIs(1));
}

TEST(Decide, TtlIsTheTimeInWhichAVerdictCouldChangeWithinItsBounds) {
  auto world = TwoRegions("steps { failover {} }");
  EXPECT_EQ(world.Decide("www.example.com").ttl_s, 60U);
  world.SetTtlCap("a-eu/192.0.2.1", 30);
  EXPECT_EQ(world.Decide("www.example.com").ttl_s, 30U);
  world.SetTtlCap("a-eu/192.0.2.1", 3);
  EXPECT_EQ(world.Decide("www.example.com").ttl_s, 10U);
}

TEST(Decide, ScopeIsZeroWhereTheClientDoesNotMatter) {
  auto world = TwoRegions("steps { weighted {} }");
  world.AddClients("198.51.100.0/22", {.country = "DE"});
  EXPECT_EQ(world.Decide("www.example.com").scope, 0);
}

TEST(Decide, ScopeIsThePrefixOfTheMapRaisedByStepsThatRememberNetworks) {
  const auto scope = [](const std::string& steps, Want want = Want::kA) {
    auto world = TwoRegions(steps);
    world.AddClients("198.51.96.0/20", {.country = "DE"});
    return int{world.Decide("www.example.com", {}, "198.51.100.1", want).scope};
  };
  EXPECT_EQ(scope("steps { latency {} }"), 20);
  EXPECT_EQ(scope("steps { latency {} } steps { weighted { sticky: true } }"), 24);
  EXPECT_EQ(scope("steps { hash {} }"), 24);
  EXPECT_EQ(scope("steps { latency {} } ecs: false"), 0);
  EXPECT_EQ(scope("steps { latency {} }", Want::kAaaa), 0);     // only one pool has IPv6
  EXPECT_EQ(scope("steps { residency {} }", Want::kAaaa), 20);  // which a fence may forbid
}

TEST(Decide, TraceTellsEveryStepAndChangesNothing) {
  auto world = TwoRegions("steps { residency {} } steps { latency {} } steps { weighted {} }");
  world.AddClients("198.51.100.0/24", {.country = "US", .rtt = {981, 231}, .measured = 2});
  Trace trace;
  const Decision traced = world.Decide("www.example.com", {}, "198.51.100.1", Want::kA, &trace);
  EXPECT_EQ(traced.pool, world.Decide("www.example.com").pool);
  std::vector<std::string> steps;
  for (const auto& entry : trace.steps) steps.push_back(entry.step);
  EXPECT_THAT(steps, ElementsAre("candidates", "residency (fence)", "health", "latency", "weighted",
                                 "answers"));
  EXPECT_EQ(trace.steps[3].summary,
            "b-us: 23.1 ms measured, a-eu: 98.1 ms model; those within 10.0 ms of the best are in "
            "front: b-us");
  EXPECT_EQ(trace.ttl_why, "60 s: no verdict is due; bounds 10 s to 60 s");
  EXPECT_EQ(trace.scope_why, "24: clients within /24 are of one place");
}

}  // namespace
}  // namespace waypost::steer
