#include "dnsd/liveness/watchers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace waypost::liveness {
namespace {

using testing::ElementsAre;
using testing::Not;

constexpr int kEndpoints = 2000;

std::string Endpoint(int i) { return fmt::format("pool-{}/192.0.2.{}", i / 4, i); }

/// `count` vantages, in so many regions in turn.
std::vector<Watcher> Fleet(int count, int regions) {
  std::vector<Watcher> fleet;
  for (int i = 0; i < count; ++i) {
    fleet.push_back({fmt::format("v{}", i), fmt::format("r{}", i % regions)});
  }
  return fleet;
}

std::set<std::string> Chosen(const std::vector<Watcher>& fleet, const std::string& endpoint,
                             uint32_t count, const VoteRule::Weights* weights = nullptr) {
  const Watchers watchers(fleet);
  std::set<std::string> names;
  for (const uint32_t i : watchers.Choose(endpoint, count, weights)) {
    names.insert(watchers.all()[i].name);
  }
  return names;
}

TEST(Watchers, DirectorsThatHeardTheSameVantagesInAnotherOrderChooseTheSame) {
  std::vector<Watcher> fleet = Fleet(10, 4);
  std::vector<Watcher> reversed(fleet.rbegin(), fleet.rend());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Chosen(fleet, Endpoint(i), 3), Chosen(reversed, Endpoint(i), 3));
  }
}

TEST(Watchers, TheChoiceIsTheSameInEveryBuildAndRelease) {
  // A change of these moves every fleet's assignments during an upgrade.
  EXPECT_THAT(Chosen(Fleet(10, 1), "web/192.0.2.1", 3), ElementsAre("v4", "v6", "v8"));
  EXPECT_THAT(Chosen(Fleet(10, 1), "web/192.0.2.2", 3), ElementsAre("v3", "v4", "v8"));
}

TEST(Watchers, EveryoneHasAboutTheSameShare) {
  std::map<std::string, int> shares;
  for (int i = 0; i < kEndpoints; ++i) {
    for (const std::string& name : Chosen(Fleet(10, 1), Endpoint(i), 3)) ++shares[name];
  }
  for (const auto& [name, share] : shares) EXPECT_NEAR(share, 600, 90) << name;  // 4 sigma
}

TEST(Watchers, ADeadVantageLeavesOnePlaceOfEachOfItsEndpointsAndNothingElseMoves) {
  for (const int regions : {1, 3, 10}) {
    const std::vector<Watcher> fleet = Fleet(10, regions);
    std::vector<Watcher> survivors = fleet;
    survivors.erase(survivors.begin() + 4);
    for (int i = 0; i < kEndpoints; ++i) {
      const auto before = Chosen(fleet, Endpoint(i), 3);
      const auto after = Chosen(survivors, Endpoint(i), 3);
      std::set<std::string> stayed;
      std::set_intersection(before.begin(), before.end(), after.begin(), after.end(),
                            std::inserter(stayed, stayed.end()));
      ASSERT_EQ(stayed.size(), before.contains("v4") ? 2U : 3U) << Endpoint(i);
      ASSERT_EQ(after.size(), 3U);
    }
  }
}

TEST(Watchers, TheyStandInAsManyRegionsAsThereAre) {
  const std::vector<Watcher> fleet = Fleet(12, 3);
  for (int i = 0; i < 200; ++i) {
    std::map<std::string, int> regions;
    for (const std::string& name : Chosen(fleet, Endpoint(i), 5)) {
      ++regions[fmt::format("r{}", std::stoi(name.substr(1)) % 3)];
    }
    EXPECT_EQ(regions.size(), 3U);
    for (const auto& [region, count] : regions) EXPECT_LE(count, 2) << region;
  }
}

TEST(Watchers, ThoseWhoDoubtThemselvesWatchOnlyWhereOthersAreMissing) {
  std::vector<Watcher> fleet = Fleet(4, 1);
  fleet[0].doubts = true;
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(Chosen(fleet, Endpoint(i), 3), ElementsAre("v1", "v2", "v3"));
  }
  EXPECT_EQ(Chosen(fleet, Endpoint(0), 4).size(), 4U);
}

TEST(Watchers, ThoseWithoutAVoteAreNotChosen) {
  const VoteRule::Weights weights{{"v1", 0}, {"v2", 5}};
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(Chosen(Fleet(4, 1), Endpoint(i), 2, &weights), Not(testing::Contains("v1")));
  }
  EXPECT_EQ(Chosen(Fleet(4, 1), Endpoint(0), 4, &weights).size(), 3U);
}

TEST(Watchers, FewerThanAskedForAreAllChosen) {
  EXPECT_EQ(Chosen(Fleet(2, 2), Endpoint(1), 3).size(), 2U);
  EXPECT_TRUE(Chosen({}, Endpoint(1), 3).empty());
}

}  // namespace
}  // namespace waypost::liveness
