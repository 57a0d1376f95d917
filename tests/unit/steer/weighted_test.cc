#include "dnsd/steer/weighted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "dnsd/base/random.h"
#include "tests/support/world.h"

namespace waypost::steer {
namespace {

using liveness::Standing;

constexpr const char* kWeighted = "www.example.com";

test::World ThreePools(const std::string& steps, const std::vector<uint32_t>& weights) {
  test::World world;
  world.AddRegion("eu");
  std::vector<std::string> names;
  for (size_t i = 0; i < weights.size(); ++i) {
    names.push_back(std::string(1, static_cast<char>('a' + i)));
    world.AddPool(names.back(), "eu", {"192.0.2." + std::to_string(i + 1)}, weights[i]);
  }
  world.AddPolicy("web", steps);
  world.AddRecord(kWeighted, "web", names);
  world.Build();
  return world;
}

std::string PoolFor(const test::World& world, const Draw& draw,
                    const std::string& client = "198.51.100.1") {
  return world.steering().topology.pools[world.Decide(kWeighted, draw, client).pool].name;
}

std::map<std::string, int> Shares(const test::World& world, int draws) {
  std::map<std::string, int> shares;
  Random random(11);
  for (int i = 0; i < draws; ++i) ++shares[PoolFor(world, {.random = random.Next()})];
  return shares;
}

std::string ClientNumber(int i) {
  return std::to_string(1 + i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
         std::to_string(i % 256) + ".1";
}

TEST(Weighted, SharesFollowTheWeights) {
  const auto world = ThreePools("steps { weighted {} }", {70, 20, 10});
  auto shares = Shares(world, 100000);
  EXPECT_NEAR(shares["a"], 70000, 750);  // five standard deviations
  EXPECT_NEAR(shares["b"], 20000, 650);
  EXPECT_NEAR(shares["c"], 10000, 500);
}

TEST(Weighted, DrainedPoolReceivesNothing) {
  auto world = ThreePools("steps { weighted {} }", {70, 30});
  world.SetStanding("a", Standing::kDrained);
  EXPECT_EQ(Shares(world, 1000)["b"], 1000);
}

TEST(Weighted, WeightZeroIsDrawnOnlyWhenNothingElseIsLeft) {
  auto world = ThreePools("steps { weighted {} }", {0, 5, 0});
  EXPECT_EQ(Shares(world, 1000)["b"], 1000);
  world.SetStanding("b", Standing::kDown);
  auto shares = Shares(world, 1000);
  EXPECT_NEAR(shares["a"], 500, 80);
  EXPECT_NEAR(shares["c"], 500, 80);
}

TEST(Weighted, StickyKeepsTheNetworksPoolWhateverTheDraw) {
  const auto world = ThreePools("steps { weighted { sticky: true } }", {70, 20, 10});
  for (int i = 0; i < 200; ++i) {
    const std::string pool = PoolFor(world, {.random = 1}, ClientNumber(i));
    EXPECT_EQ(PoolFor(world, {.random = 2, .sequence = 3}, ClientNumber(i)), pool);
  }
}

TEST(Weighted, StickySharesFollowTheWeightsOverNetworks) {
  const auto world = ThreePools("steps { weighted { sticky: true } }", {70, 20, 10});
  std::map<std::string, int> shares;
  for (int i = 0; i < 100000; ++i) ++shares[PoolFor(world, {}, ClientNumber(i))];
  EXPECT_NEAR(shares["a"], 70000, 800);
  EXPECT_NEAR(shares["b"], 20000, 700);
  EXPECT_NEAR(shares["c"], 10000, 550);
}

TEST(Weighted, StickyMovesOnlyTheShareThatAChangedWeightMust) {
  const auto before = ThreePools("steps { weighted { sticky: true } }", {100, 100, 100});
  const auto after = ThreePools("steps { weighted { sticky: true } }", {100, 100, 50});
  int moved = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string from = PoolFor(before, {}, ClientNumber(i));
    const std::string to = PoolFor(after, {}, ClientNumber(i));
    if (from == to) continue;
    ++moved;
    ASSERT_EQ(from, "c");
  }
  EXPECT_NEAR(moved, 20000 * (1.0 / 3 - 1.0 / 5), 300);
}

TEST(Hash, PoolThatGoesMovesOnlyItsOwnShare) {
  auto world = ThreePools("steps { hash { seed: 4 } }", {100, 100, 100});
  std::vector<std::string> before;
  for (int i = 0; i < 20000; ++i) before.push_back(PoolFor(world, {}, ClientNumber(i)));
  world.SetStanding("b", Standing::kDown);
  int moved = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string& from = before[static_cast<size_t>(i)];
    if (PoolFor(world, {}, ClientNumber(i)) == from) continue;
    ++moved;
    ASSERT_EQ(from, "b");
  }
  EXPECT_NEAR(moved, 6667, 350);
}

TEST(Hash, MappingDoesNotDependOnOrderOrIndicesOfPools) {
  const auto world = ThreePools("steps { hash { seed: 4 } }", {100, 100, 100});
  test::World other;
  other.AddRegion("eu");
  other.AddPool("0-first", "eu", {"192.0.2.200"});  // moves all indices
  for (const char* name : {"a", "b", "c"}) {
    other.AddPool(name, "eu", {"192.0.2." + std::to_string(name[0])});
  }
  other.AddPolicy("web", "steps { hash { seed: 4 } }");
  other.AddRecord(kWeighted, "web", {"c", "a", "b"});
  other.Build();
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(PoolFor(world, {}, ClientNumber(i)), PoolFor(other, {}, ClientNumber(i)));
  }
}

TEST(Hash, SeedChangesTheMapping) {
  const auto one = ThreePools("steps { hash { seed: 1 } }", {100, 100});
  const auto two = ThreePools("steps { hash { seed: 2 } }", {100, 100});
  int same = 0;
  for (int i = 0; i < 2000; ++i) {
    same += PoolFor(one, {}, ClientNumber(i)) == PoolFor(two, {}, ClientNumber(i)) ? 1 : 0;
  }
  EXPECT_NEAR(same, 1000, 120);
}

TEST(RoundRobin, PoolsTakeTurnsAndSkipTheDown) {
  auto world = ThreePools("steps { round_robin {} }", {100, 100, 100});
  EXPECT_EQ(PoolFor(world, {.sequence = 0}), "a");
  EXPECT_EQ(PoolFor(world, {.sequence = 1}), "b");
  EXPECT_EQ(PoolFor(world, {.sequence = 2}), "c");
  EXPECT_EQ(PoolFor(world, {.sequence = 3}), "a");
  world.SetStanding("b", Standing::kDown);
  EXPECT_EQ(PoolFor(world, {.sequence = 1}), "c");
}

}  // namespace
}  // namespace waypost::steer
