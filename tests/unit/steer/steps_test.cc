// The steps that look at the client's place or at the order of pools, each by its rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace waypost::steer {
namespace {

using geo::Continent;
using liveness::Standing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kWww = "www.example.com";

// Pools named after their regions, in the order de, fr, us-ca, us-ny, jp, nowhere.
test::World Globe(const std::string& policy, const std::string& networks = "") {
  test::World world;
  world.AddRegion("de", "country: 'DE' latitude: 50 longitude: 8", "gdpr");
  world.AddRegion("fr", "country: 'FR' latitude: 48 longitude: 2", "gdpr");
  world.AddRegion("jp", "country: 'JP' latitude: 35 longitude: 139", "appi");
  world.AddRegion("nowhere");
  world.AddRegion("us-ca", "country: 'US' subdivision: 'CA' latitude: 37 longitude: -122");
  world.AddRegion("us-ny", "country: 'US' subdivision: 'NY' latitude: 40 longitude: -74");
  const std::vector<std::string> names = {"de", "fr", "us-ca", "us-ny", "jp", "nowhere"};
  for (size_t i = 0; i < names.size(); ++i) {
    world.AddPool(names[i], names[i], {"192.0.2." + std::to_string(i + 1)});
  }
  if (!networks.empty()) world.AddNetwork("office", networks);
  world.AddPolicy("web", policy);
  world.AddRecord(kWww, "web", names);
  world.Build();
  return world;
}

std::vector<std::string> Pools(const test::World& world) {
  std::vector<std::string> pools;
  for (const std::string& id : world.Answer(kWww)) pools.push_back(id.substr(0, id.find('/')));
  return pools;
}

void ClientIsIn(test::World& world, const std::string& country, Continent continent,
                const std::string& subdivision = "") {
  test::FakeClients clients{.country = country, .continent = continent};
  const auto& known = world.steering().vocabulary.subdivisions;
  const auto at = std::find(known.begin(), known.end(), subdivision);
  if (at != known.end()) clients.subdivision = static_cast<uint16_t>(at - known.begin() + 1);
  world.AddClients("198.51.100.0/24", clients);
}

// In region order: de, fr, jp, nowhere, us-ca, us-ny.
void ClientHas(test::World& world, std::vector<uint16_t> rtt, std::vector<uint16_t> km,
               uint64_t measured = 0) {
  world.AddClients("198.51.100.0/24",
                   {.rtt = std::move(rtt), .distance_km = std::move(km), .measured = measured});
}

TEST(Geo, KeepsTheSubdivisionElseTheCountryElseTheContinent) {
  const std::string policy = "steps { geo {} }";
  auto world = Globe(policy);
  ClientIsIn(world, "US", Continent::kNorthAmerica, "US-CA");
  EXPECT_THAT(Pools(world), ElementsAre("us-ca"));
  world.SetStanding("us-ca", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("us-ny"));
  world = Globe(policy);
  ClientIsIn(world, "US", Continent::kNorthAmerica);
  EXPECT_THAT(Pools(world), ElementsAre("us-ca", "us-ny"));
  world = Globe(policy);
  ClientIsIn(world, "ES", Continent::kEurope);
  EXPECT_THAT(Pools(world), ElementsAre("de", "fr"));
}

TEST(Geo, ClientOfAnotherContinentOrOfUnknownPlaceKeepsAllPools) {
  auto world = Globe("steps { geo {} }");
  EXPECT_EQ(Pools(world).size(), 6U);
  ClientIsIn(world, "BR", Continent::kSouthAmerica);
  EXPECT_EQ(Pools(world).size(), 6U);
}

TEST(Geo, FenceFencesOutOtherContinentsButNotTheUnknown) {
  auto world = Globe("steps { geo { fence: true } }");
  EXPECT_EQ(Pools(world).size(), 6U);
  ClientIsIn(world, "BR", Continent::kSouthAmerica);
  EXPECT_THAT(Pools(world), IsEmpty());
}

TEST(Geo, FenceDoesNotWidenWhenItsPoolsAreDown) {
  auto world = Globe("steps { geo { fence: true } } on_all_down: ON_ALL_DOWN_NONE");
  ClientIsIn(world, "DE", Continent::kEurope);
  world.SetStanding("de", Standing::kDown);
  EXPECT_THAT(Pools(world), IsEmpty());
  EXPECT_EQ(world.Decide(kWww).outcome, Outcome::kNone);
}

TEST(Geo, FirstRuleThatMatchesDecides) {
  auto world = Globe(
      "steps { geo { rules { countries: 'ES' pools: 'fr' } "
      "rules { continents: 'EU' regions: 'de' pools: 'jp' } "
      "rules { countries: 'DE' pools: 'fr' } } }");
  ClientIsIn(world, "DE", Continent::kEurope);
  EXPECT_THAT(Pools(world), ElementsAre("de", "jp"));
  ClientIsIn(world, "ES", Continent::kEurope);
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  ClientIsIn(world, "CN", Continent::kAsia);
  EXPECT_EQ(Pools(world).size(), 6U);
}

TEST(Geo, RuleMayNameASubdivisionByEitherSpelling) {
  auto world = Globe("steps { geo { rules { subdivisions: 'us-California' pools: 'jp' } } }");
  ClientIsIn(world, "US", Continent::kNorthAmerica, "US-CA");
  EXPECT_THAT(Pools(world), ElementsAre("jp"));
}

TEST(Residency, KeepsThePoolsOfTheClientsJurisdiction) {
  auto world = Globe("steps { residency {} }");
  ClientIsIn(world, "NO", Continent::kEurope);
  EXPECT_THAT(Pools(world), ElementsAre("de", "fr"));
  ClientIsIn(world, "CH", Continent::kEurope);
  EXPECT_EQ(Pools(world).size(), 6U);
}

TEST(Residency, GivenJurisdictionAddsToTheBuiltIn) {
  auto world = Globe(
      "steps { residency { jurisdictions { value: 'appi' countries: 'JP' } "
      "jurisdictions { value: 'gdpr' countries: 'GB' } } }");
  ClientIsIn(world, "JP", Continent::kAsia);
  EXPECT_THAT(Pools(world), ElementsAre("jp"));
  ClientIsIn(world, "GB", Continent::kEurope);
  EXPECT_THAT(Pools(world), ElementsAre("de", "fr"));
  ClientIsIn(world, "IS", Continent::kEurope);
  EXPECT_THAT(Pools(world), ElementsAre("de", "fr"));
}

TEST(Residency, NetworksLabelOverridesTheCountry) {
  auto world = Globe("steps { residency {} }",
                     "entries { prefix: '198.51.100.0/24' label: 'appi' } "
                     "entries { prefix: '198.51.0.0/16' label: 'lan' }");
  world.AddClients("198.51.100.0/24", {.country = "DE", .labels = {1, 0}});
  EXPECT_THAT(Pools(world), ElementsAre("jp"));
}

TEST(Residency, PreferenceGivesWayWhereThePoolsAreDown) {
  auto world = Globe("steps { residency { prefer: true } } on_all_down: ON_ALL_DOWN_NONE");
  ClientIsIn(world, "DE", Continent::kEurope);
  world.SetStanding("de", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  world.SetStanding("fr", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("us-ca", "us-ny", "jp", "nowhere"));
}

TEST(Cidr, FirstRuleThatMatchesOneOfTheClientsNetworksDecides) {
  auto world = Globe(
      "steps { cidr { rules { network: 'office' label: 'lab' pools: 'jp' } "
      "rules { network: 'office' regions: 'fr' } } }",
      "entries { prefix: '10.0.0.0/8' } entries { prefix: '10.1.0.0/16' label: 'lab' }");
  EXPECT_EQ(Pools(world).size(), 6U);
  world.AddClients("198.51.100.0/24", {.labels = {0}});
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  world.AddClients("198.51.100.0/24", {.labels = {1, 0}});
  EXPECT_THAT(Pools(world), ElementsAre("jp"));
}

TEST(Cidr, FenceHoldsAndPreferenceGivesWay) {
  const std::string rule = "rules { network: 'office' pools: 'jp' }";
  const std::string entries = "entries { prefix: '10.0.0.0/8' }";
  for (const bool fence : {false, true}) {
    auto world = Globe("steps { cidr { " + rule + (fence ? " fence: true" : "") +
                           " } } on_all_down: ON_ALL_DOWN_NONE",
                       entries);
    world.AddClients("198.51.100.0/24", {.labels = {0}});
    world.SetStanding("jp", Standing::kDown);
    EXPECT_EQ(Pools(world).size(), fence ? 0U : 5U);
  }
}

TEST(Latency, PoolsWithinTheToleranceOfTheBestAreEqual) {
  auto world = Globe("steps { latency {} }");
  ClientHas(world, {250, 350, 900, 100, 351, 1000}, {});
  EXPECT_THAT(Pools(world), ElementsAre("de", "fr"));
  world.SetStanding("de", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("fr", "us-ca"));
}

TEST(Latency, RegionOfUnknownPlaceCountsOnlyWhenItWasMeasured) {
  auto world = Globe("steps { latency {} }");
  ClientHas(world, {250, 350, 900, 10, 351, 1000}, {}, uint64_t{1} << 3);
  EXPECT_THAT(Pools(world), ElementsAre("nowhere"));
}

TEST(Latency, ClientOfUnknownPlaceSeesAllAsEqual) {
  auto world = Globe("steps { latency {} }");
  EXPECT_EQ(Pools(world).size(), 6U);
}

TEST(Latency, LaterPreferenceFindsTheNextBestInOrder) {
  auto world = Globe(
      "steps { latency {} } steps { geo { rules { countries: 'DE' pools: 'jp' pools: 'us-ny' } } "
      "}");
  world.AddClients("198.51.100.0/24", {.country = "DE", .rtt = {10, 20, 2900, 1, 1500, 800}});
  EXPECT_THAT(Pools(world), ElementsAre("us-ny"));
}

TEST(Geoproximity, NearestRegionAnswers) {
  auto world = Globe("steps { geoproximity {} }");
  ClientHas(world, {}, {500, 400, 9000, 1, 8000, 7000});
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
}

TEST(Geoproximity, PositiveBiasShortensAndNegativeLengthens) {
  // 1000 km x (1 - 60 / 100) = 400 km; 401 km x (1 - 0) stays.
  auto world = Globe("steps { geoproximity { bias { key: 'de' value: 60 } } }");
  ClientHas(world, {}, {1000, 401, 9000, 1, 8000, 7000});
  EXPECT_THAT(Pools(world), ElementsAre("de"));
  ClientHas(world, {}, {1000, 399, 9000, 1, 8000, 7000});
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  // 300 km / (1 - 60 / 100) = 750 km.
  world = Globe("steps { geoproximity { bias { key: 'de' value: -60 } } }");
  ClientHas(world, {}, {300, 749, 9000, 1, 8000, 7000});
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  ClientHas(world, {}, {300, 751, 9000, 1, 8000, 7000});
  EXPECT_THAT(Pools(world), ElementsAre("de"));
}

TEST(Failover, FirstPoolOfTheRecordThatIsUpServes) {
  auto world = Globe("steps { failover {} }");
  EXPECT_THAT(Pools(world), ElementsAre("de"));
  world.SetStanding("de", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  world.SetStanding("de", Standing::kUp);
  EXPECT_THAT(Pools(world), ElementsAre("de"));
}

TEST(Failover, TiersServeTogetherAndPoolsInNoTierComeLast) {
  auto world =
      Globe("steps { failover { tiers { pools: 'jp' pools: 'us-ny' } tiers { pools: 'fr' } } }");
  EXPECT_THAT(Pools(world), ElementsAre("us-ny", "jp"));
  world.SetStanding("jp", Standing::kDown);
  world.SetStanding("us-ny", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  world.SetStanding("fr", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("de", "us-ca", "nowhere"));
}

TEST(Failover, HeldPoolWaitsBehindTheOthersButServesWhenItIsAlone) {
  auto world = Globe("steps { failover { failback: FAILBACK_MANUAL } }");
  world.SetHold("web", "de", true);
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  for (const char* pool : {"fr", "us-ca", "us-ny", "jp", "nowhere"}) {
    world.SetStanding(pool, Standing::kDown);
  }
  EXPECT_THAT(Pools(world), ElementsAre("de"));
}

TEST(Failover, HoldsNameThePolicyWhereTheStepStands) {
  test::World world;
  world.AddRegion("eu");
  world.AddPool("a", "eu", {"192.0.2.1"});
  world.AddPool("b", "eu", {"192.0.2.2"});
  world.AddPool("unused", "eu", {"192.0.2.3"});
  world.AddPolicy("inner",
                  "steps { failover { failback: FAILBACK_DELAYED delay { seconds: 9 } } }");
  world.AddPolicy("outer", "steps { policy: 'inner' }");
  world.AddRecord(kWww, "outer", {"a", "b"});
  world.Build();
  ASSERT_EQ(world.steering().holds.size(), 2U);
  EXPECT_EQ(world.steering().layout.holds, 2U);
  EXPECT_EQ(world.steering().holds[0].policy, "inner");
  EXPECT_EQ(world.steering().holds[0].delay.count(), 9);
  EXPECT_FALSE(world.steering().holds[0].manual);
}

struct KnobCase {
  const char* knob;
  std::vector<Standing> usable;
};

class UsableStandingsOf : public ::testing::TestWithParam<KnobCase> {};

TEST_P(UsableStandingsOf, PolicysKnobs) {
  for (int s = 0; s < liveness::kStandings; ++s) {
    const auto standing = static_cast<Standing>(s);
    auto world = Globe(std::string("steps { failover {} } ") + GetParam().knob);
    world.SetStanding("de", standing);
    const auto& usable = GetParam().usable;
    const bool expected = std::count(usable.begin(), usable.end(), standing) > 0;
    EXPECT_EQ(Pools(world)[0] == "de", expected) << GetParam().knob << ", standing " << s;
  }
}

constexpr Standing kU = Standing::kUnmonitored, kUp = Standing::kUp, kFU = Standing::kForcedUp,
                   kPanic = Standing::kPanic, kHeld = Standing::kHeld;
INSTANTIATE_TEST_SUITE_P(
    Defaults_Serve_Hold_Widen, UsableStandingsOf,
    ::testing::Values(KnobCase{"",
                               {kU, kUp, kFU, kPanic, kHeld, Standing::kNoData, Standing::kLastUp,
                                Standing::kStaleUp}},
                      KnobCase{"on_no_data_yet: ON_NO_DATA_YET_SERVE",
                               {kU, kUp, kFU, kPanic, kHeld, Standing::kNoData, Standing::kLastUp,
                                Standing::kLastDown, Standing::kStaleUp}},
                      KnobCase{"on_no_data_yet: ON_NO_DATA_YET_HOLD",
                               {kU, kUp, kFU, kPanic, kHeld, Standing::kStaleUp}},
                      KnobCase{"on_stale: ON_STALE_WIDEN",
                               {kU, kUp, kFU, kPanic, kHeld, Standing::kNoData, Standing::kLastUp,
                                Standing::kStaleUp, Standing::kStaleDown}}));

TEST(Knobs, StaticIgnoresHealthAsSoonAsOneCandidateIsStale) {
  auto world = Globe("steps { failover {} } on_stale: ON_STALE_STATIC");
  world.SetStanding("de", Standing::kDown);
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
  world.SetStanding("jp", Standing::kStaleUp);
  EXPECT_THAT(Pools(world), ElementsAre("de"));
  world.SetStanding("de", Standing::kForcedDown);
  EXPECT_THAT(Pools(world), ElementsAre("fr"));
}

}  // namespace
}  // namespace waypost::steer
