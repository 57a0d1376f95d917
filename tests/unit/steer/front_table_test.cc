#include "dnsd/steer/front_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dnsd/steer/decide.h"
#include "tests/unit/steer/random_world.h"

namespace waypost::steer {
namespace {

using liveness::Standing;

constexpr uint64_t kRandomWorlds = 4000;
constexpr const char* kRecord = "www.example.com";

/// Another board, on which some endpoints are in a slow start.
void NextDay(RandomWorld& random) {
  random.NextDay();
  for (const Endpoint& endpoint : random.world().steering().topology.endpoints) {
    const uint64_t drawn = random.Number();
    random.world().SetRamp(endpoint.id, drawn % 4 == 0 ? static_cast<uint8_t>(drawn >> 56) : 255);
  }
}

TEST(FrontTable, ChangesNoDecision) {
  int remembered = 0, empty = 0;
  for (uint64_t seed = 1; seed <= kRandomWorlds; ++seed) {
    RandomWorld random(seed);
    SCOPED_TRACE(seed);
    World world = random.world().world();
    const FrontTable fronts(*world.steering, *world.clients);
    const Record& record = random.world().record_of(kRecord);
    for (int query = 0; query < 16; ++query) {
      random.NextQuery();
      // What was learnt on one day is used on others, too.
      if (query % 4 == 3) NextDay(random);
      const Want want = query % 2 == 0 ? Want::kA : Want::kAaaa;
      const Client& client = query % 8 < 4 ? random.client() : random.stranger();
      world.fronts = nullptr;
      const Decision without = Decide(record, want, client, world, random.NextDraw());
      world.fronts = &fronts;
      ASSERT_TRUE(Same(Decide(record, want, client, world, random.NextDraw()), without));
      ASSERT_TRUE(Same(Decide(record, want, client, world, random.NextDraw()), without));
      const Front* front = fronts.Find(record, want, client.located.class_id);
      if (front == nullptr || !front->is_known()) continue;
      ++(front->places() == 0 ? empty : remembered);
    }
  }
  EXPECT_GT(remembered, 2000);
  EXPECT_GT(empty, 20);
}

class Fronts : public testing::Test {
 protected:
  Fronts() {
    world_.AddRegion("eu", "country: 'IE' continent: 'EU'", "gdpr");
    world_.AddRegion("us", "country: 'US' continent: 'NA'", "none");
    world_.AddPool("eu", "eu", {"192.0.2.1"});
    world_.AddPool("us", "us", {"192.0.2.2"});
  }
  void Build(const std::string& steps, const std::vector<std::string>& pools = {"eu", "us"}) {
    world_.AddPolicy("near", steps);
    world_.AddRecord(kRecord, "near", pools);
    world_.Build();
    world_.AddClients("198.51.100.0/24", {.country = "DE", .rtt = {100, 900}});
    world_.AddClients("203.0.113.0/24", {.country = "US", .rtt = {900, 100}});
    fronts_ = std::make_unique<FrontTable>(world_.steering(), *world_.world().clients);
  }
  Front* Of(const std::string& client) const {
    return fronts_->Find(world_.record_of(kRecord), Want::kA,
                         world_.ClientAt(client).located.class_id);
  }
  std::string Answer(const std::string& client) const {
    World world = world_.world();
    world.fronts = fronts_.get();
    const Decision decision =
        Decide(world_.record_of(kRecord), Want::kA, world_.ClientAt(client), world, {});
    if (decision.count == 0) return "none";
    return world_.steering().topology.endpoints[decision.endpoints[0]].id;
  }

  test::World world_;
  std::unique_ptr<FrontTable> fronts_;
};

TEST_F(Fronts, AreRememberedForEachClass) {
  Build("steps { latency {} }");
  EXPECT_FALSE(Of("198.51.100.7")->is_known());
  EXPECT_EQ(Answer("198.51.100.7"), "eu/192.0.2.1");
  EXPECT_EQ(Of("198.51.100.7")->places(), 0b01);
  EXPECT_FALSE(Of("203.0.113.7")->is_known());
  EXPECT_EQ(Answer("203.0.113.7"), "us/192.0.2.2");
  EXPECT_EQ(Of("203.0.113.7")->places(), 0b10);
}

TEST_F(Fronts, HoldOnlyWhileAllCandidatesCanBeUsed) {
  Build("steps { latency {} }");
  world_.SetStanding("eu", Standing::kDown);
  EXPECT_EQ(Answer("198.51.100.7"), "us/192.0.2.2");
  EXPECT_FALSE(Of("198.51.100.7")->is_known()) << "nothing is learnt on such a day";
  world_.SetStanding("eu", Standing::kUp);
  EXPECT_EQ(Answer("198.51.100.7"), "eu/192.0.2.1");
  world_.SetStanding("eu", Standing::kDown);
  EXPECT_EQ(Answer("198.51.100.7"), "us/192.0.2.2");
}

TEST_F(Fronts, GiveWayToAPin) {
  Build("steps { latency {} }");
  EXPECT_EQ(Answer("198.51.100.7"), "eu/192.0.2.1");
  world_.Pin(kRecord, "us");
  EXPECT_EQ(Answer("198.51.100.7"), "us/192.0.2.2");
}

TEST_F(Fronts, KnowWhomAFenceLeavesNobody) {
  Build("steps { residency {} } steps { weighted {} }", {"us"});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Answer("198.51.100.7"), "none");
  EXPECT_TRUE(Of("198.51.100.7")->is_known());
  EXPECT_EQ(Of("198.51.100.7")->places(), 0);
}

TEST_F(Fronts, WhatStepsDrawOrHashIsNeverRemembered) {
  Build("steps { weighted {} } steps { latency {} }");
  EXPECT_EQ(Of("198.51.100.7"), nullptr);
}

TEST_F(Fronts, WhatIsBehindIsNotForgottenWhereAStepMayNeedIt) {
  Build("steps { latency {} } steps { spill {} }");
  EXPECT_EQ(Of("198.51.100.7"), nullptr);
}

TEST_F(Fronts, OfManyCandidatesNothingIsRemembered) {
  std::vector<std::string> pools = {"eu", "us"};
  for (int i = 0; i < 6; ++i) {
    pools.push_back("p" + std::to_string(i));
    world_.AddPool(pools.back(), "eu", {"192.0.2." + std::to_string(10 + i)});
  }
  Build("steps { latency {} }", pools);
  EXPECT_EQ(Of("198.51.100.7"), nullptr);
}

/// So many that only one kind of records has room.
class ManyClasses final : public geo::ClientMap {
 public:
  ManyClasses() { classes_.resize(FrontTable::kMostOctets / 3); }

  void PrefetchIndex(const IpAddress&) const noexcept override {}
  void PrefetchLeaf(const IpAddress&) const noexcept override {}
  geo::Located Find(const IpAddress&) const noexcept override { return {}; }
  void ForEach(const std::function<void(const IpPrefix&, uint32_t)>&) const override {}
  uint64_t prefix_count() const noexcept override { return 0; }
  uint64_t memory_bytes() const noexcept override { return 0; }
};

TEST_F(Fronts, WhereThereIsNoMoreRoomNothingIsRemembered) {
  world_.AddRecord("alike.example.com", "near", {"eu", "us"});
  world_.AddRecord("other.example.com", "near", {"us", "eu"});
  Build("steps { latency {} }");
  const ManyClasses clients;
  const FrontTable fronts(world_.steering(), clients);
  const auto has_room = [&](const std::string& name) {
    return fronts.Find(world_.record_of(name), Want::kAaaa, 0) != nullptr;
  };
  EXPECT_NE(has_room(kRecord), has_room("other.example.com"));
  EXPECT_EQ(has_room(kRecord), has_room("alike.example.com"));
}

}  // namespace
}  // namespace waypost::steer
