// Who is sent where: weights, drains, ECS, as resolvers see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";

/// Unmonitored pools, clients known by their networks alone.
constexpr const char* kResources = R"(kind: Region
name: east
location: {latitude: 39.0, longitude: -77.5, country: US}
labels: {jurisdiction: none}
---
kind: Region
name: west
location: {latitude: 53.35, longitude: -6.26, country: IE}
labels: {jurisdiction: gdpr}
---
{kind: Pool, name: east, region: east, weight: 70, endpoints: [{address: 127.0.1.1}, {address: "2001:db8:1::1"}]}
---
{kind: Pool, name: west, region: west, weight: 30, endpoints: [{address: 127.0.2.1}, {address: "2001:db8:2::1"}]}
---
{kind: Pool, name: cdn, region: east, endpoints: [{cname: edge.cdn.example.net}]}
---
kind: Network
name: sites
entries:
  - {prefix: 198.51.100.0/24, label: dublin, location: {latitude: 53.3, longitude: -6.2, country: IE}}
  - {prefix: 203.0.113.0/25, label: newyork, location: {latitude: 40.7, longitude: -74.0, country: US}}
  - {prefix: "2001:db8:ff00::/40", label: dublin, location: {latitude: 53.3, longitude: -6.2, country: IE}}
---
kind: Policy
name: nearest
steps: [{latency: {tolerance: 10ms}}, {answers: {max: 1}}]
---
kind: Policy
name: noecs
ecs: false
steps: [{latency: {tolerance: 10ms}}]
---
kind: Policy
name: split
steps: [weighted]
---
{kind: Policy, name: fenced, steps: [{residency: {}}, weighted]}
---
{kind: Record, name: www.example.test, types: [A, AAAA], policy: nearest, pools: [east, west], ttl: {min: 5s, max: 30s}}
---
{kind: Record, name: example.test, types: [A], policy: nearest, pools: [east, west]}
---
{kind: Record, name: "*.wild.example.test", types: [A], policy: nearest, pools: [east, west]}
---
{kind: Record, name: noecs.example.test, types: [A], policy: noecs, pools: [east, west]}
---
{kind: Record, name: split.example.test, types: [A], policy: split, pools: [east, west]}
---
{kind: Record, name: fenced.example.test, types: [A], policy: fenced, pools: [east, west]}
---
{kind: Record, name: cdn.example.test, types: [CNAME], policy: split, pools: [cdn]}
)";

class Steering : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(d_.StartDirector({"--load", d_.WriteConfiguration(kResources)}))
        << d_.director().err();
  }
  double ShareOfEast(int queries) {
    int east = 0;
    for (int i = 0; i < queries; ++i) {
      east += d_.Ask("split.example.test").addresses == std::set<std::string>{kEast} ? 1 : 0;
    }
    return static_cast<double>(east) / queries;
  }
  Deployment d_;
};

TEST_F(Steering, TheNearestRegionAnswersByClientSubnet) {
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest));
  EXPECT_THAT(d_.Ask("www.example.test", 1, "203.0.113.0/25").addresses, ElementsAre(kEast));
  EXPECT_THAT(d_.Ask("www.example.test", 28, "2001:db8:ff00::/56").addresses,
              ElementsAre("2001:db8:2::1"));
  EXPECT_THAT(d_.Ask("www.example.test", 1, "2001:db8:ff00::/56").addresses, ElementsAre(kWest));
}

TEST_F(Steering, ApexWildcardAndCnameOwnersAreSteered) {
  EXPECT_THAT(d_.Ask("example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest));
  EXPECT_THAT(d_.Ask("any.wild.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest));
  EXPECT_THAT(d_.Ask("cdn.example.test").addresses, ElementsAre("edge.cdn.example.net"));
  EXPECT_THAT(d_.Ask("alias.example.test", 1, "198.51.100.0/24").addresses,
              UnorderedElementsAre("www.example.test", kWest));
}

TEST_F(Steering, ScopeIsThatOfTheMatchedPrefix) {
  EXPECT_EQ(d_.Ask("www.example.test", 1, "198.51.100.0/24").scope, 24U);
  EXPECT_EQ(d_.Ask("www.example.test", 1, "203.0.113.0/25").scope, 25U);
  EXPECT_EQ(d_.Ask("www2.example.test", 1, "198.51.100.0/24").scope, 0U) << "static";
  EXPECT_EQ(d_.Ask("split.example.test", 1, "198.51.100.0/24").scope, 0U)
      << "the same for all clients";
  EXPECT_EQ(d_.Ask("noecs.example.test", 1, "198.51.100.0/24").scope, 0U);
  EXPECT_EQ(d_.Ask("www.example.test").scope, std::nullopt) << "not asked for";
}

TEST_F(Steering, ResidencyFencesClientsIn) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(d_.Ask("fenced.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest));
  }
}

TEST_F(Steering, WeightsSplitAsDeclaredAndAsSet) {
  EXPECT_NEAR(ShareOfEast(4000), 0.70, 0.03);
  ASSERT_EQ(d_.Ctl({"weight", "set", "east", "10"}).code, 0);
  EXPECT_NEAR(ShareOfEast(4000), 0.25, 0.03);
  ASSERT_EQ(d_.Ctl({"weight", "set", "east", "0"}).code, 0);
  EXPECT_EQ(ShareOfEast(500), 0.0);
}

TEST_F(Steering, ADrainMovesTrafficAndUndrainBringsItBack) {
  ASSERT_EQ(d_.Ctl({"drain", "region", "west", "--reason", "maintenance"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kEast));
  EXPECT_THAT(d_.Ctl({"status"}).out, HasSubstr("maintenance"));
  ASSERT_EQ(d_.Ctl({"undrain", "region", "west"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest));
}

TEST_F(Steering, ADrainWithATimeEndsByItself) {
  ASSERT_EQ(d_.Ctl({"drain", "pool", "west", "--for", "1h"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kEast));
  ASSERT_EQ(d_.Ctl({"drain", "pool", "west", "--for", "1s"}).code, 0) << "instead of the former";
  EXPECT_TRUE(Eventually([&] {
    return d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses ==
           std::set<std::string>{kWest};
  }));
  EXPECT_TRUE(Eventually([&] {
    return d_.director().err().find("event=override subject=override/pool/west") !=
           std::string::npos;
  })) << d_.director().err();
}

TEST_F(Steering, AFailoverByHandPinsARecord) {
  ASSERT_EQ(d_.Ctl({"failover", "www.example.test", "--to", "east"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kEast));
  EXPECT_THAT(d_.Ask("example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest))
      << "another record";
  ASSERT_EQ(d_.Ctl({"failover", "www.example.test", "--back"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest));
}

TEST_F(Steering, ForcedDownIsNotAnswered) {
  ASSERT_EQ(d_.Ctl({"force", "down", "pool/west"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kEast));
  ASSERT_EQ(d_.Ctl({"force", "auto", "pool/west"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kWest));
}

TEST_F(Steering, ImportedLatencyBeatsDistance) {
  const std::string csv = d_.dir().Write(
      "rtt.csv", "client,region,rtt_ms\n198.51.100.0/24,east,5\n198.51.100.0/24,west,80\n");
  const Finished import = d_.Ctl({"latency", "import", csv});
  ASSERT_EQ(import.code, 0) << import.err;
  EXPECT_THAT(d_.Ask("www.example.test", 1, "198.51.100.0/24").addresses, ElementsAre(kEast));
  EXPECT_THAT(d_.Ctl({"explain", "www.example.test", "A", "--client", "198.51.100.7"}).out,
              HasSubstr("measured"));
}

TEST_F(Steering, DigShowsTheClientSubnet) {
  const Finished dig =
      RunCommand({"dig", "@127.0.0.1", "-p", std::to_string(d_.dns_port()), "+norec", "+tries=1",
                  "+subnet=198.51.100.7/24", "www.example.test", "A"},
                 d_.dir().path() + "/dig");
  EXPECT_THAT(dig.out, HasSubstr("CLIENT-SUBNET: 198.51.100.0/24/24"));
  EXPECT_THAT(dig.out, HasSubstr(kWest));
}

}  // namespace
}  // namespace waypost::test
