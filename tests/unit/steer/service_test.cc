// Services: the tiers of their decisions, what is wrong in their declarations, and what stands in a
// transfer in their place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/base/random.h"
#include "dnsd/steer/compile_service.h"
#include "dnsd/steer/fallback.h"
#include "dnsd/steer/service_rdata.h"
#include "dnsd/zone/rdata_text.h"
#include "tests/support/world.h"

namespace waypost::steer {
namespace {

using liveness::Standing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Tiers = std::vector<std::vector<std::string>>;

constexpr const char* kHttps = "types: RECORD_TYPE_HTTPS";

test::World ThreeServing(const std::string& policy, const std::string& record = kHttps) {
  test::World world;
  world.AddRegion("eu");
  world.AddPool("a", "eu", {"192.0.2.1", "2001:db8::1"});
  world.AddPool("b", "eu", {"192.0.2.2"});
  world.AddPool("c", "eu", {"192.0.2.3"});
  world.AddPolicy("web", policy);
  world.AddRecord("www.example.com", "web", {"a", "b", "c"}, record);
  return world;
}

Tiers TiersOf(const test::World& world, const Draw& draw = {}) {
  const Decision decision = world.Decide("www.example.com", draw, "198.51.100.1", Want::kService);
  Tiers tiers;
  ForEachTier(decision, [&](std::span<const EndpointIndex> tier, uint16_t priority) {
    EXPECT_EQ(priority, tiers.size() + 1);
    tiers.emplace_back();
    for (const EndpointIndex e : tier) {
      tiers.back().push_back(world.steering().topology.endpoints[e].id);
    }
  });
  return tiers;
}

std::vector<std::string> ServiceErrorsOf(const test::World& world) {
  std::vector<std::string> errors;
  for (const Problem& problem : world.Compile().problems) {
    if (!problem.is_warning) errors.push_back(problem.ToString());
  }
  return errors;
}

TEST(Service, TheGroupBehindTheFrontStandsBy) {
  auto world = ThreeServing("steps { failover {} }");
  world.Build();
  EXPECT_EQ(TiersOf(world), (Tiers{{"a/192.0.2.1", "a/2001:db8::1"}, {"b/192.0.2.2"}}));
  world.SetStanding("b", Standing::kDown);
  EXPECT_EQ(TiersOf(world)[1], std::vector<std::string>{"c/192.0.2.3"});
}

TEST(Service, AsManyTiersAsItIsToldTo) {
  const std::string record = std::string(kHttps) + " service { tiers: ";
  for (const size_t tiers : {1U, 3U, 4U}) {
    auto world = ThreeServing("steps { failover {} }", record + std::to_string(tiers) + " }");
    world.Build();
    EXPECT_EQ(TiersOf(world).size(), std::min<size_t>(tiers, 3));
  }
}

TEST(Service, TheFrontIsTheOneThatAddressesHave) {
  auto world = ThreeServing("steps { weighted {} }", "types: [RECORD_TYPE_A, RECORD_TYPE_HTTPS]");
  world.Build();
  for (uint64_t i = 0; i < 50; ++i) {
    const Draw draw{Mix64(i), i};
    EXPECT_EQ(TiersOf(world, draw)[0][0], world.Answer("www.example.com", draw)[0]) << i;
    EXPECT_EQ(TiersOf(world, draw).size(), 2U) << "the pools not drawn stand by together";
  }
}

TEST(Service, GroupsBehindKeepTheOrderOfTheSteps) {
  auto world =
      ThreeServing("steps { failover { tiers { pools: 'c' } tiers { pools: ['a', 'b'] } } }");
  world.Build();
  EXPECT_EQ(TiersOf(world),
            (Tiers{{"c/192.0.2.3"}, {"a/192.0.2.1", "a/2001:db8::1", "b/192.0.2.2"}}));
}

TEST(Service, WithAllDownThePolicySaysWhatHappens) {
  auto world = ThreeServing("steps { failover {} } on_all_down: ON_ALL_DOWN_NONE");
  world.Build();
  for (const char* pool : {"a", "b", "c"}) world.SetStanding(pool, Standing::kDown);
  EXPECT_THAT(TiersOf(world), IsEmpty());
  auto all = ThreeServing("steps { failover {} }");
  all.Build();
  for (const char* pool : {"a", "b", "c"}) all.SetStanding(pool, Standing::kDown);
  EXPECT_EQ(TiersOf(all)[0][0], "a/192.0.2.1");
}

TEST(Service, APinnedPoolAnswersAlone) {
  auto world = ThreeServing("steps { failover {} }");
  world.Build();
  world.Pin("www.example.com", "c");
  EXPECT_EQ(TiersOf(world), Tiers{{"c/192.0.2.3"}});
}

TEST(Service, AnAddressStandsInTheFirstOfItsTiersOnly) {
  auto world = ThreeServing("steps { failover {} }");
  world.AddPool("b", "eu", {"192.0.2.1"});
  world.Build();
  EXPECT_EQ(TiersOf(world)[1], std::vector<std::string>{"b/192.0.2.2"});
}

TEST(Service, TheTraceTellsThePriorities) {
  auto world = ThreeServing("steps { failover {} }");
  world.Build();
  Trace trace;
  const auto traced = world.Decide("www.example.com", {}, "198.51.100.1", Want::kService, &trace);
  EXPECT_EQ(traced.tiers, 2);
  EXPECT_EQ(trace.steps.back().summary,
            "3: priority 1: a/192.0.2.1, a/2001:db8::1; priority 2: b/192.0.2.2");
}

TEST(Service, WrongDeclarationsAreReported) {
  const auto errors = [](const std::string& record) {
    return ServiceErrorsOf(ThreeServing("steps { failover {} }", record));
  };
  EXPECT_THAT(errors("types: RECORD_TYPE_A service { port: 1 }"),
              ElementsAre(HasSubstr("service: counts only with SRV, HTTPS or SVCB")));
  EXPECT_THAT(errors("types: RECORD_TYPE_SRV"),
              ElementsAre(HasSubstr("service.port: pool \"a\" has endpoints without one")));
  EXPECT_THAT(errors(std::string(kHttps) + " service { port: 65536 tiers: 5 }"),
              ElementsAre(HasSubstr("service.port: is above 65535"),
                          HasSubstr("service.tiers: is above 4")));
  EXPECT_THAT(errors(std::string(kHttps) + " service { alpn: ['h2', ''] }"),
              ElementsAre(HasSubstr("service.alpn[1]: is empty")));
  EXPECT_THAT(errors(std::string(kHttps) + " service { no_default_alpn: true }"),
              ElementsAre(HasSubstr("no_default_alpn: needs an alpn")));
  EXPECT_THAT(errors(std::string(kHttps) + " service { alpn: '" + std::string(255, 'x') + "' }"),
              ElementsAre(HasSubstr("more than 255 octets")));
  EXPECT_THAT(errors("types: RECORD_TYPE_SRV service { port: 1 alpn: 'h2' }"),
              ElementsAre(HasSubstr("alpn: counts only with HTTPS or SVCB")));
  EXPECT_THAT(errors(std::string(kHttps) + " types: RECORD_TYPE_CNAME"),
              ::testing::Contains(HasSubstr("CNAME must be alone")));
}

TEST(Service, TargetsAreNamesOfTheirOwn) {
  auto world = ThreeServing("steps { failover {} }");
  world.AddRecord("a.www.example.com", "web", {"a"});
  EXPECT_THAT(ServiceErrorsOf(world),
              ElementsAre(HasSubstr("\"a.www.example.com\" is declared, and would be a target")));
  auto shared = ThreeServing("steps { failover {} }");
  shared.AddRecord("_http._tcp.www.example.com", "web", {"a", "b"},
                   "types: RECORD_TYPE_SRV service { port: 80 }");
  EXPECT_THAT(ServiceErrorsOf(shared), IsEmpty()) << "the same pools by the same policy";
  EXPECT_EQ(shared.Compile().steering->records.size(), 2U + 3 * 2);
  shared.AddPolicy("other", "steps { latency {} }");
  shared.AddRecord("_http._tcp.www.example.com", "other", {"a", "b"}, "");
  EXPECT_THAT(ServiceErrorsOf(shared), ::testing::Contains(HasSubstr("of another pool or policy")));
}

TEST(Service, LabelsAreHostNames) {
  EXPECT_EQ(HostLabel("Web.EU_1"), "web-eu_1");
  EXPECT_EQ(HostLabel(*IpAddress::Parse("192.0.2.1")), "192-0-2-1");
  EXPECT_EQ(HostLabel(*IpAddress::Parse("2001:db8::a:1")), "2001-db8-0-0-0-0-a-1");
}

TEST(ServiceFallback, HasAllEndpointsWithTheirTiers) {
  auto world = ThreeServing("steps { failover {} }",
                            "types: [RECORD_TYPE_SRV, RECORD_TYPE_HTTPS] service { port: 80 }");
  world.Build();
  const Topology& topology = world.steering().topology;
  std::vector<std::string> lines;
  for (const FallbackSet& set : FallbackOf(world.record_of("www.example.com"), topology)) {
    for (const std::string& rdata : set.rdata) {
      const auto* octets = reinterpret_cast<const uint8_t*>(rdata.data());
      lines.push_back(zone::TypeName(set.type) + " " +
                      zone::RdataText(set.type, {octets, rdata.size()}));
    }
  }
  EXPECT_THAT(
      lines,
      ElementsAre("SRV 1 100 80 192-0-2-1.a.www.example.com.",
                  "SRV 1 100 80 2001-db8-0-0-0-0-0-1.a.www.example.com.",
                  "SRV 2 100 80 192-0-2-2.b.www.example.com.",
                  "SRV 3 100 80 192-0-2-3.c.www.example.com.",
                  "HTTPS 1 a.www.example.com. port=80 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1",
                  "HTTPS 2 b.www.example.com. port=80 ipv4hint=192.0.2.2",
                  "HTTPS 3 c.www.example.com. port=80 ipv4hint=192.0.2.3"));
}

TEST(ServiceFallback, NamesOfEndpointsStandForThemselves) {
  auto world = ThreeServing("steps { failover {} }");
  world.Build();
  const auto sets = FallbackOf(world.record_of("*.a.www.example.com"), world.steering().topology);
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(wire::Name::FromWire(sets[0].owner)->ToString(), "192-0-2-1.a.www.example.com");
  EXPECT_EQ(sets[0].rdata[0], std::string("\xC0\x00\x02\x01", 4));
  EXPECT_EQ(sets[1].type, zone::kAaaa);
}

}  // namespace
}  // namespace waypost::steer
