#include "dnsd/steer/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace waypost::steer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> ProblemsOf(const test::World& world) {
  std::vector<std::string> texts;
  for (const Problem& problem : world.Compile().problems) texts.push_back(problem.ToString());
  return texts;
}

std::vector<std::string> ErrorsOf(const test::World& world) {
  std::vector<std::string> texts;
  for (const Problem& problem : world.Compile().problems) {
    if (!problem.is_warning) texts.push_back(problem.ToString());
  }
  return texts;
}

// One of each, all of them sound.
test::World Sound() {
  test::World world;
  world.AddRegion("eu", "country: 'IE'");
  world.AddPool("a", "eu", {"192.0.2.1", "2001:db8::1", "192.0.2.2"});
  world.AddPool("b", "eu", {"192.0.2.3"});
  world.AddNetwork("office", "entries { prefix: '10.0.0.0/8' label: 'lan' }");
  world.AddPolicy("web", "steps { latency {} }");
  world.AddRecord("www.example.com", "web", {"a", "b"});
  return world;
}

TEST(Compile, SoundResourcesHaveNoProblems) {
  const auto world = Sound();
  EXPECT_THAT(ProblemsOf(world), IsEmpty());
  EXPECT_NE(world.Compile().steering, nullptr);
}

TEST(Compile, NothingDeclaredIsSound) {
  const Compiled compiled = test::World().Compile();
  EXPECT_THAT(compiled.problems, IsEmpty());
  ASSERT_NE(compiled.steering, nullptr);
  EXPECT_TRUE(compiled.steering->topology.regions.empty());
}

TEST(Compile, EndpointsStandByFamilyInDeclaredOrder) {
  const auto steering = Sound().Compile().steering;
  std::vector<std::string> ids;
  for (const Endpoint& e : steering->topology.endpoints) ids.push_back(e.id);
  EXPECT_THAT(ids, ElementsAre("a/192.0.2.1", "a/192.0.2.2", "a/2001:db8::1", "b/192.0.2.3"));
  EXPECT_EQ(steering->topology.pools[0].v4, 2);
  EXPECT_EQ(steering->topology.pools[0].v6, 1);
  EXPECT_EQ(steering->layout.pools[1].first, 3U);
  EXPECT_EQ(steering->layout.endpoints, 4U);
  EXPECT_EQ(steering->layout.records, 1U);
}

TEST(Compile, RegionWithACountryAloneLiesInItsMiddle) {
  const auto steering = Sound().Compile().steering;
  const geo::Place& place = steering->topology.regions[0].place;
  EXPECT_TRUE(place.has_coordinates);
  EXPECT_NEAR(place.coordinates.latitude, 53, 1.5);
  EXPECT_EQ(place.continent, geo::Continent::kEurope);
}

TEST(Compile, VocabularyHasTheWordsOfRegionsRulesAndNetworks) {
  auto world = Sound();
  world.AddRegion("us", "country: 'us' subdivision: 'NY'");
  world.AddPolicy("geo", "steps { geo { rules { subdivisions: 'us-CA' pools: 'a' } } }");
  world.AddNetwork("zz", "entries { prefix: '2001:db8::/32' location { country: 'FR' } }");
  const auto steering = world.Compile().steering;
  ASSERT_NE(steering, nullptr);
  const geo::Vocabulary& vocabulary = steering->vocabulary;
  EXPECT_THAT(vocabulary.subdivisions, ElementsAre("US-CA", "US-NY"));
  EXPECT_EQ(vocabulary.labels[0], (geo::NetworkLabel{"office", "lan"}));
  EXPECT_EQ(vocabulary.labels[1], (geo::NetworkLabel{"zz", "zz"}));
  EXPECT_TRUE(vocabulary.networks[1].has_place);
  EXPECT_EQ(vocabulary.regions.size(), 2U);
}

TEST(Compile, VocabularyDoesNotDependOnPoolsWeightsOrStepOrder) {
  auto one = Sound();
  one.AddPolicy("geo", "steps { geo { rules { subdivisions: ['US-CA', 'US-NY'] pools: 'a' } } }");
  auto two = Sound();
  two.AddPool("c", "eu", {"192.0.2.9"}, 7);
  two.AddPolicy("aaa", "steps { geo { rules { subdivisions: 'US-NY' pools: 'c' } } }");
  two.AddPolicy("geo", "steps { geo { rules { subdivisions: 'US-CA' pools: 'a' } } }");
  EXPECT_EQ(one.Compile().steering->vocabulary, two.Compile().steering->vocabulary);
}

TEST(Compile, PresetsStandForTheirSteps) {
  test::World world;
  world.AddRegion("eu");
  world.AddPool("a", "eu", {"192.0.2.1"});
  world.AddPool("b", "eu", {"192.0.2.2"});
  world.AddPolicy("active-active", "preset: PRESET_ACTIVE_ACTIVE");
  world.AddPolicy("active-passive", "preset: PRESET_ACTIVE_PASSIVE");
  world.AddRecord("aa.example.com", "active-active", {"b", "a"});
  world.AddRecord("ap.example.com", "active-passive", {"b", "a"});
  world.Build();
  EXPECT_EQ(world.Decide("aa.example.com").count, 1);
  EXPECT_THAT(world.Answer("ap.example.com"), ElementsAre("b/192.0.2.2"));
}

TEST(Compile, AllProblemsAreReportedAtOnce) {
  auto world = Sound();
  world.AddRegion("eu", "latitude: 91");
  world.AddPool("a", "mars", {"192.0.2.300"});
  world.AddPolicy("web", "steps { policy: 'nobody' }");
  EXPECT_THAT(
      ErrorsOf(world),
      ::testing::IsSupersetOf(
          {HasSubstr("region \"eu\": location.latitude: 91 is not within -90 and 90"),
           HasSubstr("pool \"a\": region: region \"mars\" does not exist"),
           HasSubstr("policy \"web\": steps[1].policy: policy \"nobody\" does not exist")}));
  EXPECT_EQ(world.Compile().steering, nullptr);
}

struct Wrong {
  const char* name;
  void (*spoil)(test::World&);
  const char* problem;
};

class WrongResources : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongResources, AreReported) {
  auto world = Sound();
  GetParam().spoil(world);
  EXPECT_THAT(ErrorsOf(world), Contains(HasSubstr(GetParam().problem)));
  EXPECT_EQ(world.Compile().steering, nullptr);
}

using W = test::World;

std::string CaseName(const ::testing::TestParamInfo<Wrong>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Names, WrongResources,
    ::testing::Values(
        Wrong{"space", [](W& w) { w.AddRegion("e u"); }, "region \"e u\": name: \"e u\": only"},
        Wrong{"too_long", [](W& w) { w.AddPolicy(std::string(64, 'x'), "steps { hash {} }"); },
              "has 64 characters, more than 63"},
        Wrong{"owner", [](W& w) { w.AddRecord("a..b", "web", {"a"}); }, "record \"a..b\": name:"}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Places, WrongResources,
    ::testing::Values(Wrong{"longitude", [](W& w) { w.AddRegion("us", "longitude: -181"); },
                            "location.longitude: -181 is not within -180 and 180 degrees"},
                      Wrong{"not_a_number", [](W& w) { w.AddRegion("us", "latitude: nan"); },
                            "location.latitude: nan is not"},
                      Wrong{"country", [](W& w) { w.AddRegion("us", "country: 'USA'"); },
                            "location.country: \"USA\" is not a country's two letters"},
                      Wrong{"continent", [](W& w) { w.AddRegion("us", "continent: 'XX'"); },
                            "location.continent: \"XX\" is not one of"}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Pools, WrongResources,
    ::testing::Values(
        Wrong{"empty", [](W& w) { w.AddPool("c", "eu", {}); }, "pool \"c\": endpoints: missing"},
        Wrong{"no_region", [](W& w) { w.AddPool("c", "", {"192.0.2.1"}); }, "region: missing"},
        Wrong{"neither", [](W& w) { w.AddPool("c", "eu", {}).add_endpoints(); },
              "pool \"c\": endpoints[0]: has neither an address nor a cname"},
        Wrong{
            "both",
            [](W& w) { w.AddPool("c", "eu", {"192.0.2.1"}).mutable_endpoints(0)->set_cname("x"); },
            "endpoints[0]: has both an address and a cname"},
        Wrong{"no_address",
              [](W& w) {
                w.AddPool("c", "eu", {"192.0.2.1"}).mutable_endpoints(0)->set_address("192.0.2");
              },
              "endpoints[0].address: \"192.0.2\" is no IP address"},
        Wrong{"mixed",
              [](W& w) {
                w.AddPool("c", "eu", {"192.0.2.1", "x.example"});
              },
              "endpoints: some have addresses and some have names"},
        Wrong{"twice",
              [](W& w) {
                w.AddPool("c", "eu", {"2001:db8::1", "2001:db8:0::1"});
              },
              "endpoints[1]: endpoint \"c/2001:db8::1\" stands twice in the pool"},
        Wrong{"pool_weight", [](W& w) { w.AddPool("c", "eu", {"192.0.2.1"}, 65536); },
              "weight: 65536 is not within 0 and 65535"},
        Wrong{"probe_address",
              [](W& w) {
                w.AddPool("c", "eu", {"192.0.2.1"}).mutable_endpoints(0)->set_probe_address("x");
              },
              "endpoints[0].probe_address: \"x\" is no IP address"},
        Wrong{"cname_probe", [](W& w) { w.AddPool("c", "eu", {"x.example"}).set_monitor("web"); },
              "endpoints[0].probe_address: missing"}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Networks, WrongResources,
    ::testing::Values(
        Wrong{"empty", [](W& w) { w.AddNetwork("lab", ""); }, "network \"lab\": entries: missing"},
        Wrong{"host_bits", [](W& w) { w.AddNetwork("lab", "entries { prefix: '10.0.0.1/8' }"); },
              "entries[0].prefix: \"10.0.0.1/8\" is no IP prefix"},
        Wrong{"twice", [](W& w) { w.AddNetwork("lab", "entries { prefix: '10.0.0.0/8' }"); },
              "10.0.0.0/8 is already in network \"lab\""}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Policies, WrongResources,
    ::testing::Values(
        Wrong{"neither", [](W& w) { w.AddPolicy("p", ""); }, "steps: missing, and so is a preset"},
        Wrong{"both",
              [](W& w) { w.AddPolicy("p", "preset: PRESET_ACTIVE_ACTIVE steps { hash {} }"); },
              "preset: stands beside steps"},
        Wrong{"no_step", [](W& w) { w.AddPolicy("p", "steps { }"); }, "steps[0]: names no step"},
        Wrong{"cycle",
              [](W& w) {
                w.AddPolicy("p", "steps { policy: 'q' }");
                w.AddPolicy("q", "steps { hash {} } steps { policy: 'p' }");
              },
              "policy \"q\": steps[1].policy: goes in a circle: q -> p -> q"},
        Wrong{"itself", [](W& w) { w.AddPolicy("p", "steps { policy: 'p' }"); },
              "policy \"p\": steps[0].policy: goes in a circle: p -> p"},
        Wrong{"last_resort_missing",
              [](W& w) {
                w.AddPolicy("p", "steps { hash {} } on_all_down: ON_ALL_DOWN_LAST_RESORT");
              },
              "last_resort: missing, but on_all_down asks for it"},
        Wrong{"last_resort_unasked",
              [](W& w) { w.AddPolicy("p", "steps { hash {} } last_resort: 'a'"); },
              "last_resort: counts only with on_all_down: last_resort"},
        Wrong{"last_resort_unknown",
              [](W& w) {
                w.AddPolicy("p",
                            "steps { hash {} } on_all_down: ON_ALL_DOWN_LAST_RESORT "
                            "last_resort: 'x'");
              },
              "last_resort: pool \"x\" does not exist"},
        Wrong{"two_holds",
              [](W& w) {
                w.AddPolicy("p",
                            "steps { failover { failback: FAILBACK_MANUAL } } "
                            "steps { failover { failback: FAILBACK_DELAYED } }");
              },
              "two failover steps wait"}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Steps, WrongResources,
    ::testing::Values(
        Wrong{"answers", [](W& w) { w.AddPolicy("p", "steps { answers { max: 17 } }"); },
              "steps[0].answers.max: 17 is not within 1 and 16"},
        Wrong{"tolerance",
              [](W& w) { w.AddPolicy("p", "steps { latency { tolerance { seconds: 11 } } }"); },
              "steps[0].latency.tolerance: 11s is not within 0 and 10s"},
        Wrong{"spill_at", [](W& w) { w.AddPolicy("p", "steps { spill { at: 1001 full: 1000 } }"); },
              "steps[0].spill.at: 1001 is not within 1 and 1000"},
        Wrong{"spill_full", [](W& w) { w.AddPolicy("p", "steps { spill { at: 120 } }"); },
              "steps[0].spill.full: 100 is not above at (120)"},
        Wrong{"bias",
              [](W& w) {
                w.AddPolicy("p", "steps { geoproximity { bias { key: 'eu' value: 100 } } }");
              },
              "steps[0].geoproximity.bias.eu: 100 is not within -99 and 99"},
        Wrong{
            "bias_region",
            [](W& w) { w.AddPolicy("p", "steps { geoproximity { bias { key: 'x' value: 1 } } }"); },
            "geoproximity.bias.x: region \"x\" does not exist"},
        Wrong{"delay",
              [](W& w) {
                w.AddPolicy("p",
                            "steps { failover { failback: FAILBACK_DELAYED delay { nanos: 5 } } }");
              },
              "failover.delay: 5e-09s is not within 1s and 7d"},
        Wrong{"delay_unasked",
              [](W& w) { w.AddPolicy("p", "steps { failover { delay { seconds: 5 } } }"); },
              "failover.delay: counts only with failback: delayed"},
        Wrong{"tier", [](W& w) { w.AddPolicy("p", "steps { failover { tiers { pools: 'x' } } }"); },
              "failover.tiers[0].pools[0]: pool \"x\" does not exist"},
        Wrong{"tier_twice",
              [](W& w) {
                w.AddPolicy("p",
                            "steps { failover { tiers { pools: 'a' } tiers { pools: 'a' } } }");
              },
              "failover.tiers[1].pools[0]: pool \"a\" is already in tiers[0]"},
        Wrong{"tier_empty", [](W& w) { w.AddPolicy("p", "steps { failover { tiers {} } }"); },
              "failover.tiers[0]: has no pools"},
        Wrong{"geo_nobody",
              [](W& w) { w.AddPolicy("p", "steps { geo { rules { pools: 'a' } } }"); },
              "geo.rules[0]: matches no client"},
        Wrong{"geo_nothing",
              [](W& w) { w.AddPolicy("p", "steps { geo { rules { countries: 'DE' } } }"); },
              "geo.rules[0]: keeps no pools and no regions"},
        Wrong{"geo_subdivision",
              [](W& w) {
                w.AddPolicy("p", "steps { geo { rules { subdivisions: 'CA' pools: 'a' } } }");
              },
              "geo.rules[0].subdivisions[0]: \"CA\" is not COUNTRY-SUBDIVISION"},
        Wrong{"geo_region",
              [](W& w) {
                w.AddPolicy("p", "steps { geo { rules { countries: 'DE' regions: 'x' } } }");
              },
              "geo.rules[0].regions[0]: region \"x\" does not exist"},
        Wrong{"cidr_empty", [](W& w) { w.AddPolicy("p", "steps { cidr {} }"); },
              "cidr.rules: missing"},
        Wrong{
            "cidr_network",
            [](W& w) { w.AddPolicy("p", "steps { cidr { rules { network: 'x' pools: 'a' } } }"); },
            "cidr.rules[0].network: network \"x\" does not exist"},
        Wrong{"cidr_label",
              [](W& w) {
                w.AddPolicy("p",
                            "steps { cidr { rules { network: 'office' label: 'x' pools: 'a' } } }");
              },
              "cidr.rules[0].label: network \"office\" has no entry labelled \"x\""},
        Wrong{"jurisdiction",
              [](W& w) {
                w.AddPolicy(
                    "p", "steps { residency { jurisdictions { value: 'x' countries: 'DEU' } } }");
              },
              "residency.jurisdictions[0].countries[0]: \"DEU\" is not a country's two letters"}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Records, WrongResources,
    ::testing::Values(
        Wrong{"no_pools", [](W& w) { w.AddRecord("x.example", "web", {}); },
              "record \"x.example\": pools: missing"},
        Wrong{"pool_unknown",
              [](W& w) {
                w.AddRecord("x.example", "web", {"a", "z"});
              },
              "pools[1]: pool \"z\" does not exist"},
        Wrong{"pool_twice",
              [](W& w) {
                w.AddRecord("x.example", "web", {"a", "a"});
              },
              "pools[1]: pool \"a\" stands twice"},
        Wrong{"policy", [](W& w) { w.AddRecord("x.example", "nope", {"a"}); },
              "policy: policy \"nope\" does not exist"},
        Wrong{"no_policy", [](W& w) { w.AddRecord("x.example", "", {"a"}); }, "policy: missing"},
        Wrong{"no_types", [](W& w) { w.AddRecord("x.example", "web", {"a"}).clear_types(); },
              "types: missing"},
        Wrong{"type_twice",
              [](W& w) {
                w.AddRecord("x.example", "web", {"a"}, "types: RECORD_TYPE_A types: RECORD_TYPE_A");
              },
              "types[1]: A stands twice"},
        Wrong{"cname_beside",
              [](W& w) {
                w.AddRecord("x.example", "web", {"a"},
                            "types: RECORD_TYPE_A types: RECORD_TYPE_CNAME");
              },
              "types: CNAME must be alone"},
        Wrong{"cname_of_addresses",
              [](W& w) { w.AddRecord("x.example", "web", {"a"}, "types: RECORD_TYPE_CNAME"); },
              "pools[0]: pool \"a\" has addresses, but a CNAME needs names"},
        Wrong{"address_of_names",
              [](W& w) {
                w.AddPool("n", "eu", {"x.example.net"});
                w.AddRecord("x.example", "web", {"n"});
              },
              "pools[0]: pool \"n\" has names, but A and AAAA need addresses"},
        Wrong{"owner_twice", [](W& w) { w.AddRecord("WWW.example.com.", "web", {"a"}); },
              "name: another record has this owner and type"},
        Wrong{"ttl_order",
              [](W& w) {
                w.AddRecord("x.example", "web", {"a"},
                            "ttl { min { seconds: 9 } max { seconds: 8 } }");
              },
              "ttl: min 9s is above max 8s"},
        Wrong{
            "ttl_range",
            [](W& w) { w.AddRecord("x.example", "web", {"a"}, "ttl { max { seconds: 86401 } }"); },
            "ttl.max: 86401s is not within 0 and 1d"},
        Wrong{"last_resort_kind",
              [](W& w) {
                w.AddPool("n", "eu", {"x.example.net"});
                w.AddPolicy("p",
                            "steps { hash {} } on_all_down: ON_ALL_DOWN_LAST_RESORT "
                            "last_resort: 'n'");
                w.AddRecord("x.example", "p", {"a"});
              },
              "policy: its last resort, pool \"n\", has no addresses"}),
    CaseName);

TEST(Compile, TooManyStepsAreReportedNotRun) {
  auto world = Sound();
  world.AddPolicy("p0", "steps { hash {} } steps { hash {} }");
  for (int i = 1; i < 12; ++i) {
    const std::string inner = "steps { policy: 'p" + std::to_string(i - 1) + "' } ";
    world.AddPolicy("p" + std::to_string(i), inner + inner);
  }
  EXPECT_THAT(ErrorsOf(world),
              Contains("policy \"p11\": steps: more than 64, nested ones counted"));
}

TEST(Compile, TooManyCandidatesAreReported) {
  test::World world;
  world.AddRegion("eu");
  world.AddPolicy("web", "steps { hash {} }");
  std::vector<std::string> names;
  for (int i = 0; i < 513; ++i) {
    names.push_back("p" + std::to_string(i));
    world.AddPool(names.back(), "eu", {"192.0.2.1"});
  }
  world.AddRecord("www.example.com", "web", names);
  EXPECT_THAT(ErrorsOf(world), ElementsAre("record \"www.example.com\": pools: more than 512"));
}

TEST(Compile, MostCandidatesAreDecided) {
  test::World world;
  world.AddRegion("eu");
  world.AddPolicy("web", "steps { hash {} } steps { latency {} }");
  std::vector<std::string> names;
  for (int i = 0; i < 512; ++i) {
    names.push_back("p" + std::to_string(i));
    world.AddPool(names.back(), "eu",
                  {"192.0." + std::to_string(i / 256) + "." + std::to_string(i % 256)});
  }
  world.AddRecord("www.example.com", "web", names);
  world.Build();
  EXPECT_EQ(world.Decide("www.example.com").count, 1);
}

TEST(Compile, RegionsNeedNoLocationWhereNoPolicyRanksByPlace) {
  test::World world;
  world.AddRegion("somewhere");
  world.AddPool("a", "somewhere", {"192.0.2.1", "2001:db8::1"});
  world.AddPolicy("web", "steps { weighted {} }");
  world.AddRecord("www.example.com", "web", {"a"});
  EXPECT_THAT(ProblemsOf(world), IsEmpty());
}

TEST(Compile, WarningsDoNotHinder) {
  test::World world;
  world.AddRegion("somewhere");
  world.AddPool("a", "somewhere", {"192.0.2.1"});
  world.AddPolicy("web", "steps { residency {} } steps { latency {} }");
  world.AddRecord("www.example.com", "web", {"a"});
  EXPECT_THAT(
      ProblemsOf(world),
      UnorderedElementsAre(
          HasSubstr("region \"somewhere\": location: warning: unknown"),
          HasSubstr("steps[0].residency.label: warning: no region has a label \"jurisdiction\""),
          HasSubstr("record \"www.example.com\": types: warning: no pool has an IPv6 address")));
  EXPECT_NE(world.Compile().steering, nullptr);
}

}  // namespace
}  // namespace waypost::steer
