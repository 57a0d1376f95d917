// What was acknowledged stays: kill -9 in the middle of changes, and start again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "dnsd/store/store.h"
#include "tests/integration/deployment.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::test {
namespace {

using testing::HasSubstr;

constexpr const char* kResources = R"(kind: Region
name: east
---
{kind: Pool, name: east, region: east, weight: 1, endpoints: [{address: 127.0.1.1}]}
---
{kind: Policy, name: all, steps: [weighted]}
---
{kind: Record, name: www.example.test, types: [A], policy: all, pools: [east]}
)";

int WeightIn(const std::string& yaml) {
  const size_t at = yaml.find("weight: ");
  return at == std::string::npos ? -1 : std::atoi(yaml.c_str() + at + 8);
}

TEST(Durability, NothingAcknowledgedIsLostByKill9) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kResources);
  const std::string state = d.dir().path() + "/state";
  int weight = 1;
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(d.StartDirector({"--load", folder, "--state", state})) << d.director().err();
    std::atomic<int> acknowledged{weight};
    std::atomic<bool> stop{false};
    std::thread operators([&] {
      for (int next = weight + 1; !stop; ++next) {
        if (d.Ctl({"weight", "set", "east", std::to_string(next)}).code != 0) break;
        acknowledged = next;
      }
    });
    EXPECT_TRUE(Eventually([&] { return acknowledged >= weight + 3 + round; }));
    d.director().Kill();
    stop = true;
    operators.join();
    ASSERT_TRUE(d.StartDirector({"--load", folder, "--state", state})) << d.director().err();
    const int survived = WeightIn(d.Ctl({"-o", "yaml", "get", "pool", "east"}).out);
    EXPECT_GE(survived, acknowledged) << "an acknowledged weight is lost";
    EXPECT_LE(survived, acknowledged + 1) << "a weight that nobody set";
    weight = survived;
    EXPECT_EQ(d.director().Stop(), 0);
  }
}

TEST(Durability, OperatorsChangesOutliveTheFilesOfLoad) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kResources);
  const std::vector<std::string> flags = {"--load", folder, "--state", d.dir().path() + "/state"};
  ASSERT_TRUE(d.StartDirector(flags));
  ASSERT_EQ(d.Ctl({"weight", "set", "east", "42"}).code, 0);
  EXPECT_EQ(d.director().Stop(), 0);
  ASSERT_TRUE(d.StartDirector(flags));
  EXPECT_EQ(WeightIn(d.Ctl({"-o", "yaml", "get", "pool", "east"}).out), 42);
}

TEST(Durability, ZonesInOldEncodingsAreKeptAndShown) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kResources);
  d.dir().Write(
      "load/old.test.zone",
      "$TTL 60\n@ SOA ns hm 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1 ; caf\xE9\nt TXT \"caf\xE9\"\n");
  const std::vector<std::string> flags = {"--load", folder, "--state", d.dir().path() + "/state"};
  for (int start = 0; start < 2; ++start) {
    ASSERT_TRUE(d.StartDirector(flags)) << d.director().err();
    EXPECT_THAT(d.Ctl({"-o", "json", "get", "zone", "old.test"}).out, HasSubstr("caf\\\\233"));
    EXPECT_EQ(d.director().Stop(), 0);
  }
}

TEST(Durability, AZoneThatWasOnceTakenAndIsFaultyNowKeepsNoOtherFromBeingServed) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kResources);
  const std::string state = d.dir().path() + "/state";
  ASSERT_TRUE(d.StartDirector({"--load", folder, "--state", state}));
  EXPECT_EQ(d.director().Stop(), 0);
  v1::Resource faulty;
  faulty.mutable_zone()->set_origin("old.test");
  faulty.mutable_zone()->set_text("$TTL 60\n@ SOA ns hm 1 2 3 4 5\n@ NS ns\nns HTTPS 1 . alpn\n");
  {
    const SystemClock clock;
    const auto store = store::OpenRocksStore(state, clock);
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE((*store)->Commit({.changes = {{"zone/old.test", {}, faulty.SerializeAsString()}}}));
  }
  for (int start = 0; start < 2; ++start) {
    ASSERT_TRUE(d.StartDirector({"--load", folder, "--state", state})) << d.director().err();
    EXPECT_THAT(d.director().err(), HasSubstr("alpn has no value"));
    EXPECT_EQ(d.Ask("www.example.test").rcode, 0U);
    EXPECT_EQ(d.Ask("ns.old.test").rcode, 2U);
    EXPECT_EQ(d.director().Stop(), 0);
  }
}

TEST(Durability, TwoDirectorsCannotShareAState) {
  Deployment first, second;
  const std::string state = first.dir().path() + "/state";
  ASSERT_TRUE(first.StartDirector({"--state", state}));
  EXPECT_FALSE(second.StartDirector({"--state", state}));
  EXPECT_THAT(second.director().err(), ::testing::HasSubstr("in use"));
}

}  // namespace
}  // namespace waypost::test
