// `least_loaded` and `spill`.
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "dnsd/base/random.h"
#include "tests/support/world.h"

namespace waypost::steer {
namespace {

using liveness::Load;
using liveness::Standing;

constexpr const char* kWww = "www.example.com";

/// Pools a, b and c, in this order.
test::World ThreePools(const std::string& steps) {
  test::World world;
  world.AddRegion("eu");
  const std::vector<std::string> names = {"a", "b", "c"};
  for (size_t i = 0; i < names.size(); ++i) {
    world.AddPool(names[i], "eu", {"192.0.2." + std::to_string(i + 1)});
  }
  world.AddPolicy("web", steps);
  world.AddRecord(kWww, "web", names);
  world.Build();
  return world;
}

void SetLoads(test::World& world, const std::vector<Load>& loads) {
  for (size_t i = 0; i < loads.size(); ++i) {
    world.SetLoad(std::string(1, static_cast<char>('a' + i)), loads[i]);
  }
}

std::string PoolFor(const test::World& world, const Draw& draw = {},
                    const std::string& client = "198.51.100.1") {
  return world.steering().topology.pools[world.Decide(kWww, draw, client).pool].name;
}

std::string ClientNumber(int i) {
  return "1." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256) + ".1";
}

/// Of 10,000 clients, or 10,000 queries of one client.
std::map<std::string, int> SharesOfClients(const test::World& world) {
  std::map<std::string, int> shares;
  for (int i = 0; i < 10000; ++i) ++shares[PoolFor(world, {}, ClientNumber(i))];
  return shares;
}
std::map<std::string, int> SharesOfQueries(const test::World& world) {
  std::map<std::string, int> shares;
  Random random(7);
  for (int i = 0; i < 10000; ++i) ++shares[PoolFor(world, {.random = random.Next()})];
  return shares;
}

/// Five standard deviations of a share of 10,000.
constexpr int kTolerance = 250;

TEST(LeastLoaded, SharesFollowWhatIsFree) {
  auto world = ThreePools("steps { least_loaded {} }");
  SetLoads(world, {{50, 100}, {70, 100}, {180, 200}});
  auto shares = SharesOfQueries(world);
  EXPECT_NEAR(shares["a"], 5000, kTolerance);
  EXPECT_NEAR(shares["b"], 3000, kTolerance);
  EXPECT_NEAR(shares["c"], 2000, kTolerance);
}

TEST(LeastLoaded, WeightsCountBesides) {
  auto world = ThreePools("steps { least_loaded {} }");
  SetLoads(world, {{50, 100}, {50, 100}, {50, 100}});
  world.SetPoolWeight("a", 200);
  world.SetPoolWeight("c", 0);
  auto shares = SharesOfQueries(world);
  EXPECT_NEAR(shares["a"], 6667, kTolerance);
  EXPECT_NEAR(shares["b"], 3333, kTolerance);
}

TEST(LeastLoaded, FullPoolReceivesNothingWhileOthersHaveRoom) {
  auto world = ThreePools("steps { least_loaded {} }");
  SetLoads(world, {{100, 100}, {130, 100}, {99, 100}});
  EXPECT_EQ(SharesOfQueries(world)["c"], 10000);
}

TEST(LeastLoaded, UnknownLoadIsAsTheOthersOnTheAverage) {
  auto world = ThreePools("steps { least_loaded {} }");
  SetLoads(world, {{20, 100}, {60, 100}});
  auto shares = SharesOfQueries(world);
  EXPECT_NEAR(shares["a"], 4444, kTolerance);
  EXPECT_NEAR(shares["b"], 2222, kTolerance);
  EXPECT_NEAR(shares["c"], 3333, kTolerance);
}

TEST(LeastLoaded, WithoutAnyLoadAndWithAllFullTheWeightsDecide) {
  auto world = ThreePools("steps { least_loaded {} }");
  world.SetPoolWeight("a", 200);
  world.SetPoolWeight("b", 200);
  for (const bool full : {false, true}) {
    if (full) SetLoads(world, {{100, 100}, {500, 100}, {100, 100}});
    auto shares = SharesOfQueries(world);
    EXPECT_NEAR(shares["a"], 4000, kTolerance);
    EXPECT_NEAR(shares["b"], 4000, kTolerance);
    EXPECT_NEAR(shares["c"], 2000, kTolerance);
  }
}

TEST(LeastLoaded, PoolThatIsDownReceivesNothingWhateverItHasFree) {
  auto world = ThreePools("steps { least_loaded {} }");
  SetLoads(world, {{0, 1000}, {99, 100}, {99, 100}});
  world.SetStanding("a", Standing::kDown);
  EXPECT_EQ(SharesOfQueries(world)["a"], 0);
}

TEST(LeastLoaded, StickyMovesOnlyTheShareThatAChangedLoadMust) {
  auto before = ThreePools("steps { least_loaded { sticky: true } }");
  SetLoads(before, {{50, 100}, {50, 100}, {50, 100}});
  auto after = ThreePools("steps { least_loaded { sticky: true } }");
  SetLoads(after, {{50, 100}, {50, 100}, {75, 100}});
  int moved = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string from = PoolFor(before, {.random = 1}, ClientNumber(i));
    ASSERT_EQ(PoolFor(before, {.random = 2, .sequence = 3}, ClientNumber(i)), from);
    if (PoolFor(after, {}, ClientNumber(i)) == from) continue;
    ++moved;
    ASSERT_EQ(from, "c");
  }
  EXPECT_NEAR(moved, 10000 * (1.0 / 3 - 1.0 / 5), kTolerance);
}

/// Clients that ask again when their answer's TTL is over, in a world whose loads they are.
class Course {
 public:
  explicit Course(const std::string& steps) : world_(ThreePools(steps)) {}

  /// 300 clients for three pools that could take 200, 150 and 80. A step is a second; loads are
  /// seen two seconds late. Returns the highest utilisation of the last 60 of 200 seconds.
  float Run() {
    float worst = 0;
    for (int second = 0; second < 200; ++second) {
      for (int c = 0; c < 300; ++c) {
        if ((c + second) % kTtl == 0) Ask(c);
      }
      seen_.push_back(used_);
      if (seen_.size() > 2) seen_.pop_front();
      for (const auto& [pool, capacity] : capacity_) {
        world_.SetLoad(pool, {seen_.front()[pool], capacity});
        if (second >= 140) worst = std::max(worst, used_[pool] / capacity);
      }
    }
    return worst;
  }

 private:
  static constexpr int kTtl = 20;

  void Ask(int client) {
    std::string& pool = at_[client];
    if (!pool.empty()) --used_[pool];
    pool = PoolFor(world_, {.random = random_.Next()});
    ++used_[pool];
  }

  test::World world_;
  Random random_{3};
  std::map<std::string, float> capacity_{{"a", 200}, {"b", 150}, {"c", 80}};
  std::map<std::string, float> used_;
  std::deque<std::map<std::string, float>> seen_;
  std::map<int, std::string> at_;
};

TEST(LeastLoaded, ComesToRestWithNoPoolFullWhereEqualSharesOverloadTheSmallOne) {
  // 300 of 430 are 70 %.
  EXPECT_LT(Course("steps { least_loaded {} }").Run(), 0.92F);
  EXPECT_GT(Course("steps { weighted {} }").Run(), 1.1F);
}

TEST(Spill, FirstTierKeepsItsClientsUntilItFillsUp) {
  auto world = ThreePools("steps { failover {} } steps { spill { at: 60 full: 100 } }");
  SetLoads(world, {{60, 100}, {10, 100}, {10, 100}});
  EXPECT_EQ(SharesOfClients(world)["a"], 10000);
}

TEST(Spill, GrowingShareMovesToTheNextTier) {
  auto world = ThreePools("steps { failover {} } steps { spill { at: 60 full: 100 } }");
  SetLoads(world, {{70, 100}, {10, 100}, {10, 100}});
  auto shares = SharesOfClients(world);
  EXPECT_NEAR(shares["a"], 7500, kTolerance);
  EXPECT_NEAR(shares["b"], 2500, kTolerance);
  SetLoads(world, {{90, 100}, {80, 100}});
  shares = SharesOfClients(world);
  EXPECT_NEAR(shares["a"], 2500, kTolerance);
  EXPECT_NEAR(shares["b"], 3750, kTolerance);
  EXPECT_NEAR(shares["c"], 3750, kTolerance);
}

TEST(Spill, ClientThatMovedOnStaysAwayWhileThePoolFillsFurther) {
  auto world = ThreePools("steps { failover {} } steps { spill {} }");
  std::map<int, bool> away;
  for (const float used : {85, 90, 95, 100}) {
    SetLoads(world, {{used, 100}});
    for (int i = 0; i < 2000; ++i) {
      const bool is_away = PoolFor(world, {.random = Mix64(i)}, ClientNumber(i)) != "a";
      ASSERT_TRUE(is_away || !away[i]);
      away[i] = is_away;
    }
  }
  EXPECT_EQ(std::count_if(away.begin(), away.end(), [](const auto& a) { return a.second; }), 2000);
}

TEST(Spill, WhereAllAreFullTheOrderStays) {
  auto world = ThreePools("steps { failover {} } steps { spill {} }");
  SetLoads(world, {{100, 100}, {120, 100}, {100, 100}});
  EXPECT_EQ(SharesOfClients(world)["a"], 10000);
}

TEST(Spill, UnknownLoadKeepsItsClients) {
  auto world = ThreePools("steps { failover {} } steps { spill {} }");
  EXPECT_EQ(SharesOfClients(world)["a"], 10000);
  SetLoads(world, {{100, 100}});
  EXPECT_EQ(SharesOfClients(world)["b"], 10000);
}

TEST(Spill, PoolsOfOneGroupShareWhatOneOfThemSendsOn) {
  auto world = ThreePools("steps { spill {} } steps { weighted {} }");
  SetLoads(world, {{100, 100}, {10, 100}, {10, 100}});
  auto shares = SharesOfQueries(world);
  EXPECT_EQ(shares["a"], 0);
  EXPECT_NEAR(shares["b"], 5000, kTolerance);
}

TEST(Spill, NextNearestIsKnownAlthoughOnlyTheFrontAnswers) {
  test::World world;
  const std::vector<std::string> names = {"far", "near", "next"};
  for (const std::string& name : names) world.AddRegion(name, "latitude: 1 longitude: 1");
  world.AddPool("far", "far", {"192.0.2.1"});
  world.AddPool("near", "near", {"192.0.2.2"});
  world.AddPool("next", "next", {"192.0.2.3"});
  world.AddPolicy("web", "steps { latency {} } steps { spill {} }");
  world.AddRecord(kWww, "web", names);
  world.Build();
  world.AddClients("198.51.100.0/24", {.rtt = {900, 100, 400}});
  EXPECT_EQ(PoolFor(world), "near");
  world.SetLoad("near", {100, 100});
  EXPECT_EQ(PoolFor(world), "next");
  world.SetLoad("next", {100, 100});
  EXPECT_EQ(PoolFor(world), "far");
}

TEST(LoadSteps, AnswersSayForWhichClientsTheyHold) {
  const std::string client = "198.51.100.0/24";
  EXPECT_EQ(ThreePools("steps { spill {} }").Decide(kWww, {}, client).scope, 24);
  EXPECT_EQ(ThreePools("steps { least_loaded {} }").Decide(kWww, {}, client).scope, 0);
  EXPECT_EQ(ThreePools("steps { least_loaded { sticky: true } }").Decide(kWww, {}, client).scope,
            24);
}

TEST(LoadSteps, TraceNamesTheLoads) {
  auto world = ThreePools("steps { failover {} } steps { spill {} } steps { least_loaded {} }");
  SetLoads(world, {{110, 100}, {25, 50}});
  Trace trace;
  world.Decide(kWww, {}, "198.51.100.1", Want::kA, &trace);
  const auto find = [&](const std::string& step) {
    return *std::find_if(trace.steps.begin(), trace.steps.end(),
                         [&](const auto& entry) { return entry.step == step; });
  };
  const Trace::StepEntry spill = find("spill");
  EXPECT_EQ(spill.summary, "this client moves on from a");
  ASSERT_EQ(spill.candidates.size(), 3U);
  EXPECT_EQ(spill.candidates[0].why, "50 % used (25 of 50), less than 80 %");
  EXPECT_EQ(spill.candidates[1].why, "load unknown");
  EXPECT_EQ(spill.candidates[2].why,
            "110 % used (110 of 100): 100 % of the clients move on, this one too");
  EXPECT_EQ(find("least_loaded").candidates[0].why, "25 of 50 free, weight 100");
  EXPECT_EQ(find("least_loaded").summary, "only b is in front");
}

}  // namespace
}  // namespace waypost::steer
