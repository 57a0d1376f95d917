// Bounded automation, calculated health and signals with the real programs: what is down is
// answered on while a bound holds it, says so, and moves when an operator says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";

constexpr const char* kRecord = R"(---
kind: Policy
name: passive
preset: active_passive
---
{kind: Record, name: www.example.test, types: A, policy: passive, pools: [east, west], ttl: {min: 0s}}
)";

class Automation : public ::testing::Test {
 protected:
  void Start(const std::string& more) {
    folder_ = d_.WriteConfiguration(TwoRegions(servers_.port) + kRecord + more);
    StartDirector();
    d_.StartVantage("v1");
    ASSERT_TRUE(StatusSays("\"votes_up\": 1")) << d_.Ctl({"status"}).out;
  }
  void StartDirector() {
    ASSERT_TRUE(d_.StartDirector({"--load", folder_, "--state", d_.dir().path() + "/state"}))
        << d_.director().err();
  }
  bool Becomes(const std::string& address) {
    return Eventually(
        [&] { return d_.Ask("www.example.test").addresses == std::set<std::string>{address}; });
  }
  bool StatusSays(const std::string& words) { return Says({"-o", "json", "status"}, words); }
  bool Says(const std::vector<std::string>& command, const std::string& words) {
    return Eventually([&] { return d_.Ctl(command).out.find(words) != std::string::npos; });
  }
  std::set<std::string> Now() { return d_.Ask("www.example.test").addresses; }

  TwoServers servers_;
  Deployment d_;
  std::string folder_;
};

TEST_F(Automation, LastRegionsStayOnUntilAnOperatorLiftsTheBound) {
  Start("---\n{kind: Automation, name: web, min_regions: 2}\n");
  servers_.east->Refuse();
  ASSERT_TRUE(StatusSays("\"standing\": \"held\"")) << d_.Ctl({"status"}).out;
  EXPECT_THAT(Now(), ElementsAre(kEast));
  const std::string why = d_.Ctl({"health", "why", "east/127.0.1.1"}).out;
  EXPECT_THAT(why, HasSubstr("held back by automation \"web\", 100 % still answered"));
  EXPECT_THAT(why, HasSubstr("2 regions must stay on, and without this one 1 would"));
  EXPECT_THAT(d_.Ctl({"automation", "list"}).out, HasSubstr("min_regions"));

  const Finished without_reason = d_.Ctl({"automation", "lift", "web"});
  EXPECT_NE(without_reason.code, 0);
  EXPECT_THAT(without_reason.err, HasSubstr("say why"));
  ASSERT_EQ(d_.Ctl({"automation", "lift", "web", "--reason", "east burns"}).code, 0);
  EXPECT_TRUE(Becomes(kWest));
  EXPECT_THAT(d_.Ctl({"history"}).out, HasSubstr("east burns"));
  EXPECT_THAT(d_.Ctl({"status"}).out, HasSubstr("lifted"));
  EXPECT_EQ(d_.Ctl({"automation", "resume", "web", "--reason", "done"}).code, 0);
}

TEST_F(Automation, PausedMovesNothingAndADrainMovesAllTheSame) {
  Start("---\n{kind: Automation, name: web}\n");
  ASSERT_EQ(d_.Ctl({"automation", "pause", "web", "--reason", "maintenance"}).code, 0);
  servers_.east->Refuse();
  ASSERT_TRUE(StatusSays("\"standing\": \"held\""));
  EXPECT_THAT(Now(), ElementsAre(kEast));
  ASSERT_EQ(d_.Ctl({"drain", "pool/east", "--reason", "by hand"}).code, 0);
  EXPECT_TRUE(Becomes(kWest));
}

TEST_F(Automation, HeldPoolIsHeldAfterARestart) {
  Start("---\n{kind: Automation, name: web, min_regions: 2}\n");
  servers_.east->Refuse();
  ASSERT_TRUE(StatusSays("\"standing\": \"held\""));
  d_.director().Stop();
  StartDirector();
  EXPECT_THAT(Now(), ElementsAre(kEast)) << d_.Ctl({"status"}).out;
  EXPECT_THAT(d_.Ctl({"status"}).out, HasSubstr("held"));
}

TEST_F(Automation, TrafficMovesInSharesOfTheClients) {
  Start(R"(---
{kind: Automation, name: web, max_shift: 10, pools: [east, west]}
)");
  servers_.east->Refuse();
  ASSERT_TRUE(StatusSays("\"bound\": \"max_shift\"")) << d_.Ctl({"status"}).out;
  int moved = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string subnet = "198.18." + std::to_string(i) + ".0/24";
    moved += d_.Ask("www.example.test", 1, subnet).addresses.count(kWest) > 0 ? 1 : 0;
  }
  EXPECT_GE(moved, 10) << "a fifth of east's clients moved at once, and some more since";
  EXPECT_THAT(d_.Ctl({"automation", "list"}).out, HasSubstr("at most 10 %"));
}

TEST_F(Automation, NoMoreThanTheBoundMoves) {
  Start("---\n{kind: Automation, name: web, max_shift: 1, pools: [east, west]}\n");
  servers_.east->Refuse();
  ASSERT_TRUE(StatusSays("\"bound\": \"max_shift\"")) << d_.Ctl({"status"}).out;
  int moved = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string subnet = "198.18." + std::to_string(i) + ".0/24";
    moved += d_.Ask("www.example.test", 1, subnet).addresses.count(kWest) > 0 ? 1 : 0;
  }
  EXPECT_LE(moved, 25) << "2 % of east's clients a minute, in steps of 5 %";
}

/// A third region, which is not monitored.
constexpr const char* kNorth = R"(---
{kind: Region, name: north}
---
{kind: Pool, name: north, region: north, endpoints: [{address: 127.0.3.1}]}
---
{kind: Record, name: three.example.test, types: A, policy: passive, pools: [east, west, north], ttl: {min: 0s}}
)";

TEST_F(Automation, NextRegionWaitsForTheCoolDownAndSaysSo) {
  Start(kNorth + std::string("---\n{kind: Automation, name: web, cool_down: 1h}\n"));
  const auto three = [&] { return d_.Ask("three.example.test").addresses; };
  servers_.east->Refuse();
  ASSERT_TRUE(Becomes(kWest)) << "the first move is free";
  servers_.west->Refuse();
  ASSERT_TRUE(StatusSays("\"bound\": \"cool_down\"")) << d_.Ctl({"status"}).out;
  d_.director().Stop();
  StartDirector();
  EXPECT_THAT(three(), ElementsAre(kWest)) << "also after a restart";
  EXPECT_THAT(d_.Ctl({"health", "why", "west/127.0.2.1"}).out,
              HasSubstr("cool-down after the move away from region east"));
  ASSERT_EQ(d_.Ctl({"automation", "lift", "web", "--reason", "both burn"}).code, 0);
  EXPECT_TRUE(Eventually([&] { return three() == std::set<std::string>{"127.0.3.1"}; }));
}

TEST_F(Automation, RegionThatMustStayOnGoesWhenAnotherIsUpAgain) {
  Start(kNorth + std::string("---\n{kind: Automation, name: web, min_regions: 2}\n"));
  const auto three = [&] { return d_.Ask("three.example.test").addresses; };
  servers_.east->Refuse();
  ASSERT_TRUE(Becomes(kWest)) << "two of three are left";
  servers_.west->Refuse();
  ASSERT_TRUE(StatusSays("\"bound\": \"min_regions\"")) << d_.Ctl({"status"}).out;
  EXPECT_THAT(three(), ElementsAre(kWest)) << "the last two stay";
  servers_.east->Accept();
  EXPECT_TRUE(Eventually([&] { return three() == std::set<std::string>{kEast}; }));
  EXPECT_TRUE(StatusSays("\"standing\": \"down\"")) << d_.Ctl({"status"}).out;
}

TEST_F(Automation, SignalsTakeAPoolOutUntilTheLeaseEnds) {
  Start(R"(---
{kind: Signal, name: deploy, lease: 1h}
---
{kind: Pool, name: ready, region: east, health: {needs: {signals: [deploy]}}, endpoints: [{address: 127.0.3.1}]}
---
{kind: Record, name: ready.example.test, types: A, policy: passive, pools: [ready, west], ttl: {min: 0s}}
)");
  const auto ready = [&] { return d_.Ask("ready.example.test").addresses; };
  EXPECT_THAT(ready(), ElementsAre("127.0.3.1")) << "unknown is in no one's way";
  const Finished set =
      d_.Ctl({"signal", "set", "deploy", "down", "--lease", "1h", "--reason", "release 42"});
  ASSERT_EQ(set.code, 0) << set.err;
  EXPECT_THAT(ready(), ElementsAre(kWest));
  EXPECT_THAT(d_.Ctl({"signal", "list"}).out, HasSubstr("release 42"));
  EXPECT_THAT(d_.Ctl({"health", "why", "ready/127.0.3.1"}).out, HasSubstr("signal deploy is down"));
  d_.director().Stop();
  StartDirector();
  EXPECT_THAT(ready(), ElementsAre(kWest)) << "the signal outlives the director";
  ASSERT_EQ(d_.Ctl({"signal", "set", "deploy", "down", "--lease", "1s"}).code, 0);
  EXPECT_TRUE(Eventually([&] { return ready() == std::set<std::string>{"127.0.3.1"}; }));
  EXPECT_THAT(d_.Ctl({"signal", "list"}).out, HasSubstr("over"));
  EXPECT_THAT(d_.Ctl({"signal", "set", "deploy", "up", "--lease", "2h"}).err,
              HasSubstr("is not within 1s and 1h"));
  EXPECT_NE(d_.Ctl({"signal", "set", "nobody", "up"}).code, 0);
}

TEST_F(Automation, TwoOfThreeThingsProbedOrToldDecide) {
  Start(R"(---
{kind: Signal, name: approved, lease: 1h}
---
kind: Pool
name: sum
region: east
health: {needs: {pools: [east, west], signals: [approved], at_least: 2}}
endpoints: [{address: 127.0.3.1}]
---
{kind: Pool, name: spare, region: west, endpoints: [{address: 127.0.3.2}]}
---
{kind: Record, name: sum.example.test, types: A, policy: passive, pools: [sum, spare], ttl: {min: 0s}}
)");
  const auto becomes = [&](const std::string& address) {
    return Eventually(
        [&] { return d_.Ask("sum.example.test").addresses == std::set<std::string>{address}; });
  };
  const auto tell = [&](const char* state) {
    return d_.Ctl({"signal", "set", "approved", state, "--lease", "1h"}).code;
  };
  ASSERT_EQ(tell("down"), 0);
  EXPECT_TRUE(becomes("127.0.3.1")) << "both pools are up";
  servers_.east->Refuse();
  EXPECT_TRUE(becomes("127.0.3.2")) << "one of three";
  EXPECT_THAT(d_.Ctl({"health", "why", "sum/127.0.3.1"}).out,
              HasSubstr("needs 2 of 3: pool east is down, signal approved is down"));
  ASSERT_EQ(tell("up"), 0);
  EXPECT_TRUE(becomes("127.0.3.1")) << "a pool and the signal";
}

TEST_F(Automation, RegionIsDownWithTooFewPoolsUp) {
  Start(R"(---
{kind: Region, name: north, health: {min_pools_up: 2}}
---
{kind: Signal, name: shop}
---
{kind: Pool, name: shop, region: north, health: {needs: {signals: [shop]}}, endpoints: [{address: 127.0.3.1}]}
---
{kind: Pool, name: api, region: north, endpoints: [{address: 127.0.3.2}]}
---
{kind: Record, name: api.example.test, types: A, policy: passive, pools: [api, west], ttl: {min: 0s}}
)");
  const auto api = [&] { return d_.Ask("api.example.test").addresses; };
  EXPECT_THAT(api(), ElementsAre("127.0.3.2"));
  ASSERT_EQ(d_.Ctl({"signal", "set", "shop", "down"}).code, 0);
  EXPECT_THAT(api(), ElementsAre(kWest));
  EXPECT_THAT(d_.Ctl({"status"}).out, HasSubstr("down: 1 of 2 pools up, 2 wanted"));
}

TEST_F(Automation, LoadThatDoesNotFitKeepsTheRegionOnUntilItFits) {
  Start(R"(---
{kind: Automation, name: web, headroom: 10, pools: [east, west]}
)");
  EXPECT_THAT(d_.Ctl({"status"}).out, HasSubstr("is not known, its headroom is not looked at"));
  const std::string regions =
      d_.dir().Write("regions.yaml", R"({kind: Region, name: east, capacity: 1000}
---
{kind: Region, name: west, capacity: 1000}
)");
  ASSERT_EQ(d_.Ctl({"apply", "-f", regions}).code, 0);
  const auto set = [&](const char* region, const char* load) {
    return d_.Ctl({"load", "set", region, load, "--lease", "1h"}).code;
  };
  EXPECT_NE(set("nowhere", "5"), 0);
  ASSERT_EQ(set("east", "700"), 0);
  ASSERT_EQ(set("west", "500"), 0);
  servers_.east->Refuse();
  ASSERT_TRUE(StatusSays("\"bound\": \"headroom\"")) << d_.Ctl({"status"}).out;
  d_.director().Stop();
  StartDirector();
  EXPECT_THAT(Now(), ElementsAre(kEast)) << "also after a restart";
  EXPECT_THAT(d_.Ctl({"health", "why", "east/127.0.1.1"}).out,
              HasSubstr("a load of 700 does not fit into the 400 that other regions have"));
  ASSERT_EQ(set("west", "200"), 0);
  EXPECT_TRUE(Becomes(kWest)) << d_.Ctl({"status"}).out;
}

}  // namespace
}  // namespace waypost::test
