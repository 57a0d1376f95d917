#include "dnsd/control/impact.h"

#include <gtest/gtest.h>

#include "dnsd/config/build.h"
#include "dnsd/config/parse.h"
#include "dnsd/geo/atlas.h"

namespace waypost::control {
namespace {

constexpr const char* kZone =
    "example.test. 60 IN SOA ns1 h 1 2 3 4 5\\nexample.test. 60 IN NS ns1.example.net.\\n";

/// Two regions, clients near each of them, and a split; weights as given.
class ImpactWorld {
 public:
  ImpactWorld(int east, int west, const std::string& records,
              const std::string& east_address = "192.0.2.1") {
    const std::string yaml =
        R"({kind: Region, name: east, location: {latitude: 40, longitude: -74, country: US}}
---
{kind: Region, name: west, location: {latitude: 53, longitude: -6, country: IE}}
---
kind: Network
name: sites
entries:
  - {prefix: 198.51.100.0/24, location: {latitude: 53, longitude: -6, country: IE}}
  - {prefix: 203.0.113.0/24, location: {latitude: 40, longitude: -74, country: US}}
---
{kind: Pool, name: east, region: east, endpoints: [{address: )" +
        east_address + "}], weight: " + std::to_string(east) + R"(}
---
{kind: Pool, name: west, region: west, endpoints: [{address: 192.0.2.2}], weight: )" +
        std::to_string(west) + R"(}
---
{kind: Policy, name: split, steps: [weighted]}
---
{kind: Policy, name: near, steps: [latency: {}]}
---
{kind: Zone, origin: example.test, text: ")" +
        kZone + "\"}\n" + records;
    config::ResourceSet set;
    for (const auto& parsed : config::ParseDocuments(yaml, "test.yaml").resources) {
      set[config::IdOf(parsed.resource)] = std::make_shared<v1::Resource>(parsed.resource);
    }
    const config::BuildResult result = config::Build(set, nullptr);
    for (const Problem& problem : result.problems) {
      if (!problem.is_warning) ADD_FAILURE() << problem.ToString();
    }
    built_ = result.built;
    clients_ = geo::Atlas::Open({}).value()->Compile(built_->steering->vocabulary, {});
    board_ = std::make_shared<liveness::Board>(built_->steering->layout);
    verdicts_.Configure(config::LayoutFor(*built_, {}), board_, Steady());
  }
  steer::World world() const { return {built_->steering.get(), clients_.get(), board_.get()}; }

 private:
  std::shared_ptr<const config::Built> built_;
  std::shared_ptr<const geo::ClientMap> clients_;
  std::shared_ptr<liveness::Board> board_;
  liveness::Verdicts verdicts_;
};

constexpr const char* kSplit =
    "---\n{kind: Record, name: www.example.test, types: A, policy: split, pools: [east, west]}\n";
constexpr const char* kNear =
    "---\n{kind: Record, name: www.example.test, types: A, policy: near, pools: [east, west]}\n";
constexpr const char* kOnlyEast =
    "---\n{kind: Record, name: www.example.test, types: A, policy: near, pools: [east]}\n";

TEST(Impact, TheSameConfigurationChangesNothing) {
  const ImpactWorld before(50, 50, kSplit), after(50, 50, kSplit);
  EXPECT_TRUE(FindImpacts(before.world(), after.world()).empty());
}

TEST(Impact, AMovedWeightShowsAsItsShare) {
  const ImpactWorld before(50, 50, kSplit), after(75, 25, kSplit);
  const auto impacts = FindImpacts(before.world(), after.world());
  ASSERT_EQ(impacts.size(), 1U);
  EXPECT_EQ(impacts[0].record(), "www.example.test");
  EXPECT_NEAR(impacts[0].changed_share(), 0.25, 0.05);
}

/// Unset where this country's clients are answered as before.
v1::CountryImpact In(const std::string& country, const v1::Impact& impact) {
  for (const auto& one : impact.countries()) {
    if (one.country() == country) return one;
  }
  return {};
}

TEST(Impact, OnlyThoseWhoWereElsewhereChange) {
  const ImpactWorld before(100, 100, kNear), after(100, 100, kOnlyEast);
  const auto impacts = FindImpacts(before.world(), after.world());
  ASSERT_EQ(impacts.size(), 1U);
  EXPECT_EQ(In("IE", impacts[0]).from(), "west");
  EXPECT_EQ(In("IE", impacts[0]).to(), "east");
  EXPECT_EQ(In("IE", impacts[0]).changed_prefixes(), 1U);
  EXPECT_EQ(In("US", impacts[0]).changed_prefixes(), 0U);
}

TEST(Impact, AnotherAddressOfTheSamePoolIsAChange) {
  const ImpactWorld before(100, 100, kNear), after(100, 100, kNear, "192.0.2.9");
  const auto impacts = FindImpacts(before.world(), after.world());
  ASSERT_EQ(impacts.size(), 1U);
  EXPECT_EQ(In("US", impacts[0]).from(), "east");
  EXPECT_EQ(In("US", impacts[0]).to(), "east");
  EXPECT_EQ(In("IE", impacts[0]).changed_prefixes(), 0U);
}

TEST(Impact, ANewRecordIsNewForAll) {
  const ImpactWorld before(100, 100, ""), after(100, 100, kNear);
  const auto impacts = FindImpacts(before.world(), after.world());
  ASSERT_EQ(impacts.size(), 1U);
  EXPECT_EQ(impacts[0].changed_prefixes(), impacts[0].prefixes());
  EXPECT_NEAR(impacts[0].changed_share(), 1.0, 1e-6);
}

}  // namespace
}  // namespace waypost::control
