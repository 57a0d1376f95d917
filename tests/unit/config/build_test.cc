#include "dnsd/config/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"

namespace waypost::config {
namespace {

using liveness::Forced;
using std::chrono::milliseconds;
using std::chrono::system_clock;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kSmallWorld = R"(
kind: Region
name: us
location: {latitude: 39, longitude: -77}
---
kind: Region
name: eu
location: {latitude: 53, longitude: -6}
---
kind: Monitor
name: web
http: {path: /healthz}
interval: 1s
timeout: 500ms
---
kind: Monitor
name: own
https: {port: 8443, host: own.example, method: HEAD, expect: {status: 204}}
rise: 1
fall: 1
quorum: any
staleness: 1m
---
kind: Pool
name: a
region: us
monitor: web
endpoints:
  - {address: "2001:db8::1"}
  - {address: 192.0.2.1, weight: 7, monitor: own}
---
kind: Pool
name: b
region: eu
weight: 5
endpoints:
  - {address: 192.0.2.2, probe_address: 192.0.2.102}
---
kind: Pool
name: names
region: eu
monitor: web
endpoints:
  - {cname: target.example.net, probe_address: 192.0.2.103}
---
kind: Policy
name: first
steps:
  - failover: {failback: manual}
---
kind: Record
name: WWW.example.com
types: [A, AAAA]
policy: first
pools: [a, b]
---
kind: Record
name: "*.sub.example.com"
types: A
policy: first
pools: [b]
---
kind: Record
name: alias.example.org
types: CNAME
policy: first
pools: [names]
---
kind: Zone
origin: example.com
text: |
  @ 300 SOA ns hostmaster 1 7200 900 1209600 300
  @ 300 NS ns
  ns 300 A 192.0.2.53
---
kind: Zone
origin: example.org
ecs: false
text: |
  @ 300 SOA ns.example.com. hostmaster 1 7200 900 1209600 300
  @ 300 NS ns.example.com.
---
kind: Zone
origin: sub.example.com
text: |
  @ 300 SOA ns.example.com. hostmaster 1 7200 900 1209600 300
  @ 300 NS ns.example.com.
---
)";

ResourceSet ResourcesOf(const std::string& text) {
  Collected collected = Collect(ParseDocuments(text, "w.yaml"));
  for (const Problem& problem : collected.problems) ADD_FAILURE() << problem.ToString();
  return std::move(collected.resources);
}

std::vector<std::string> Errors(const BuildResult& result) {
  std::vector<std::string> texts;
  for (const Problem& problem : result.problems) {
    if (!problem.is_warning) texts.push_back(problem.ToString());
  }
  return texts;
}

std::shared_ptr<const Built> BuiltOf(const std::string& text, const Built* previous = nullptr) {
  BuildResult result = Build(ResourcesOf(text), previous);
  EXPECT_THAT(Errors(result), IsEmpty());
  return result.built;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

steer::EndpointIndex IndexOf(const Built& built, const std::string& id) {
  const auto& endpoints = built.steering->topology.endpoints;
  for (size_t i = 0; i < endpoints.size(); ++i) {
    if (endpoints[i].id == id) return static_cast<steer::EndpointIndex>(i);
  }
  ADD_FAILURE() << "no endpoint " << id;
  return 0;
}

system_clock::time_point At(int64_t unix_seconds) {
  return system_clock::time_point(std::chrono::seconds(unix_seconds));
}

const std::string& SteeredName(const Built& built, const std::string& zone, size_t slot) {
  static std::string name;
  const uint32_t record = built.zones.at(zone).steered.at(slot);
  name = built.steering->records[record].name.ToString();
  return name;
}

TEST(Build, LeadsEachSteeredOwnerToItsRecord) {
  const auto built = BuiltOf(kSmallWorld);
  ASSERT_EQ(built->zones.size(), 3U);
  EXPECT_EQ(SteeredName(*built, "example.com", 0), "www.example.com");
  EXPECT_EQ(SteeredName(*built, "sub.example.com", 0), "*.sub.example.com");
  EXPECT_EQ(SteeredName(*built, "example.org", 0), "alias.example.org");
  for (const auto& [origin, zone] : built->zones) {
    EXPECT_EQ(zone.steered.size(), 1U) << origin;
    EXPECT_EQ(zone.zone->origin().ToString(), origin);
  }
  const auto owner = wire::Name::Parse("www.example.com")->Lowered();
  const auto wire = owner.wire();
  const zone::Found found =
      built->zones.at("example.com")
          .zone->Find({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  ASSERT_EQ(found.match, zone::Match::kExact);
  EXPECT_EQ(found.node->steered().slot, 0U);
  EXPECT_TRUE(found.node->steered().types.Has(zone::kAaaa));
}

TEST(Build, ZonesSayWhetherTheyLookAtTheClientSubnet) {
  const auto built = BuiltOf(kSmallWorld);
  EXPECT_TRUE(built->zones.at("example.com").ecs);
  EXPECT_FALSE(built->zones.at("example.org").ecs);
}

TEST(Build, ZonesSayWhoMayAsk) {
  const auto built = BuiltOf(
      "{kind: Zone, origin: open.test, text: \"@ 60 SOA ns h 1 1 1 1 1\\n@ 60 NS "
      "ns.example.\"}\n---\n"
      "{kind: Zone, origin: closed.test, text: \"@ 60 SOA ns h 1 1 1 1 1\\n@ 60 NS ns.example.\", "
      "allow_query: [10.0.0.0/8, '::1']}\n");
  EXPECT_EQ(built->zones.at("open.test").extras->allow_query, nullptr);
  const auto& allowed = built->zones.at("closed.test").extras->allow_query;
  ASSERT_NE(allowed, nullptr);
  EXPECT_TRUE(allowed->Contains(*IpAddress::Parse("10.1.2.3")));
  EXPECT_FALSE(allowed->Contains(*IpAddress::Parse("192.0.2.1")));
}

TEST(Build, AChangeOfWeightsRebuildsNoZone) {
  const auto before = BuiltOf(kSmallWorld);
  const auto after = BuiltOf(Replaced(kSmallWorld, "weight: 5", "weight: 6"), before.get());
  for (const auto& [origin, zone] : before->zones) {
    EXPECT_EQ(zone.zone.get(), after->zones.at(origin).zone.get()) << origin;
  }
  EXPECT_NE(before->steering, after->steering);
}

TEST(Build, ANewRecordRebuildsItsZoneAlone) {
  const auto before = BuiltOf(kSmallWorld);
  // It sorts before the others, so all records get new indices.
  const auto after = BuiltOf(std::string(kSmallWorld) +
                                 "kind: Record\nname: 0.example.com\ntypes: A\npolicy: first\n"
                                 "pools: [b]\n",
                             before.get());
  EXPECT_NE(before->zones.at("example.com").zone, after->zones.at("example.com").zone);
  EXPECT_EQ(before->zones.at("example.org").zone, after->zones.at("example.org").zone);
  EXPECT_EQ(SteeredName(*after, "example.com", 0), "0.example.com");
  EXPECT_EQ(SteeredName(*after, "example.com", 1), "www.example.com");
  EXPECT_EQ(SteeredName(*after, "example.org", 0), "alias.example.org");
}

TEST(Build, NewTextOrNewTypesRebuildAZone) {
  const auto before = BuiltOf(kSmallWorld);
  const auto text = BuiltOf(Replaced(kSmallWorld, "192.0.2.53", "192.0.2.54"), before.get());
  EXPECT_NE(before->zones.at("example.com").zone, text->zones.at("example.com").zone);
  EXPECT_EQ(before->zones.at("sub.example.com").zone, text->zones.at("sub.example.com").zone);
  const auto types = BuiltOf(Replaced(kSmallWorld, "types: [A, AAAA]", "types: A"), before.get());
  EXPECT_NE(before->zones.at("example.com").zone, types->zones.at("example.com").zone);
}

TEST(Build, ReportsErrorsOfEveryPartAtOnce) {
  std::string text = Replaced(kSmallWorld, "monitor: web", "monitor: wep");
  text = Replaced(text, "pools: [a, b]", "pools: [a, c]");
  text = Replaced(text, "ns 300 A 192.0.2.53", "ns 300 A nonsense");
  const BuildResult result = Build(ResourcesOf(text), nullptr);
  EXPECT_EQ(result.built, nullptr);
  EXPECT_THAT(Errors(result), Contains(HasSubstr("there is no monitor \"wep\"")));
  EXPECT_THAT(Errors(result), Contains(HasSubstr("record \"WWW.example.com\": pools[1]")));
  EXPECT_THAT(Errors(result), Contains(HasSubstr("zone \"example.com\": text: line 3: ")));
}

TEST(Build, NamesTheMasterFileOfAZonesErrors) {
  const std::string text = "kind: Zone\norigin: a.example\nfile: a.zone\ntext: |\n  @ 300 SOA x\n";
  EXPECT_THAT(Errors(Build(ResourcesOf(text), nullptr)), Contains(HasSubstr("a.zone:1: ")));
}

TEST(Build, DoesNotReadIncludedFiles) {
  const std::string text = "kind: Zone\norigin: a.example\ntext: |\n  $INCLUDE /etc/hostname\n";
  EXPECT_THAT(Errors(Build(ResourcesOf(text), nullptr)), Contains(HasSubstr("$INCLUDE")));
}

TEST(Build, WantsAnAddressToProbeForMonitoredNamesOnce) {
  const std::string text =
      Replaced(kSmallWorld, "cname: target.example.net, probe_address: 192.0.2.103",
               "cname: target.example.net");
  EXPECT_THAT(Errors(Build(ResourcesOf(text), nullptr)), ElementsAre(HasSubstr("probe_address")));
}

TEST(Build, OfNothingIsNothing) {
  const BuildResult result = Build({}, nullptr);
  ASSERT_NE(result.built, nullptr);
  EXPECT_TRUE(result.built->zones.empty());
}

TEST(Layout, HasEveryEndpointInBoardOrder) {
  const auto built = BuiltOf(kSmallWorld);
  const liveness::Layout layout = LayoutFor(*built, At(0));
  ASSERT_EQ(layout.endpoints.size(), 4U);
  EXPECT_EQ(layout.endpoints[0].id, "a/192.0.2.1");
  EXPECT_EQ(layout.endpoints[0].weight, 7);
  EXPECT_EQ(layout.endpoints[0].rule.quorum, liveness::Quorum::kAny);
  EXPECT_EQ(layout.endpoints[0].rule.staleness, milliseconds(60000));
  EXPECT_EQ(layout.endpoints[0].rule.fall, 1U);
  EXPECT_EQ(layout.endpoints[1].id, "a/2001:db8::1");
  EXPECT_EQ(layout.endpoints[1].rule.quorum, liveness::Quorum::kMajority);
  EXPECT_EQ(layout.endpoints[1].rule.staleness, milliseconds(3500));
  EXPECT_EQ(layout.endpoints[1].rule.rise, 2U);
  EXPECT_EQ(layout.endpoints[1].rule.fall, 3U);
  EXPECT_FALSE(layout.endpoints[2].monitored);
  ASSERT_EQ(layout.pools.size(), 3U);
  EXPECT_EQ(layout.pools[1].weight, 5);
  ASSERT_FALSE(layout.holds.empty());
  EXPECT_EQ(layout.holds[0].id, "first/a");
  EXPECT_TRUE(layout.holds[0].manual);
}

TEST(Layout, TellsVotersCourseAndPoolHealthWithTheirDefaults) {
  const auto built = BuiltOf(R"(
{kind: Region, name: us}
---
kind: Monitor
name: web
tcp: {port: 1}
quorum: count
quorum_count: 2
voters: regions
vantage_weights: {a: 3}
backoff: {max: 1m}
damping: {}
slow_start: {over: 2m}
---
{kind: Pool, name: p, region: us, monitor: web, endpoints: [{address: 192.0.2.1}],
 health: {min_up: 1, panic_below: 40, by_weight: true}}
)");
  ASSERT_TRUE(built);
  const liveness::Layout layout = LayoutFor(*built, At(0));
  const liveness::EndpointSpec& spec = layout.endpoints[0];
  EXPECT_EQ(spec.rule.quorum, liveness::Quorum::kCount);
  EXPECT_EQ(spec.rule.count, 2U);
  EXPECT_TRUE(spec.rule.by_region);
  EXPECT_EQ(spec.rule.weights->at("a"), 3U);
  EXPECT_EQ(spec.rule.backoff, milliseconds(60000));
  EXPECT_EQ(spec.damping.half_life, milliseconds(300000));
  EXPECT_EQ(spec.damping.suppress, 3);
  EXPECT_EQ(spec.damping.reuse, 1.5);
  EXPECT_EQ(spec.damping.max, milliseconds(1800000));
  EXPECT_EQ(spec.slow_start.over, milliseconds(120000));
  EXPECT_EQ(spec.slow_start.from_percent, 10U);
  EXPECT_EQ(layout.pools[0].health.min_up, 1U);
  EXPECT_EQ(layout.pools[0].health.panic_below_percent, 40U);
  EXPECT_TRUE(layout.pools[0].health.by_weight);
  const auto monitor = MonitorFor(*built, 0);
  EXPECT_EQ(monitor->forget(), 3U) << "as fall";
  EXPECT_EQ(monitor->backoff().after().seconds(), 300);
}

liveness::EndpointSpec SpecWith(const std::string& overrides, const std::string& id,
                                int64_t now = 0) {
  const auto built = BuiltOf(kSmallWorld + overrides);
  return LayoutFor(*built, At(now)).endpoints[IndexOf(*built, id)];
}

TEST(Layout, DrainsByRegionPoolOrEndpoint) {
  for (const char* target : {"region/us", "pool/a", "endpoint/a/192.0.2.1"}) {
    const std::string drain = std::string("kind: Override\ndrain: true\ntarget: ") + target + "\n";
    EXPECT_TRUE(SpecWith(drain, "a/192.0.2.1").drained) << target;
    EXPECT_FALSE(SpecWith(drain, "b/192.0.2.2").drained) << target;
  }
}

TEST(Layout, ForcesByTheMostSpecificTarget) {
  const std::string region = "kind: Override\ntarget: region/us\nforce: down\n---\n";
  const std::string pool = "kind: Override\ntarget: pool/a\nforce: up\n---\n";
  const std::string endpoint = "kind: Override\ntarget: endpoint/a/192.0.2.1\nforce: down\n---\n";
  EXPECT_EQ(SpecWith("", "a/192.0.2.1").forced, Forced::kNo);
  EXPECT_EQ(SpecWith(region, "a/192.0.2.1").forced, Forced::kDown);
  EXPECT_EQ(SpecWith(region + pool, "a/192.0.2.1").forced, Forced::kUp);
  EXPECT_EQ(SpecWith(region + pool + endpoint, "a/192.0.2.1").forced, Forced::kDown);
  EXPECT_EQ(SpecWith(region + pool + endpoint, "a/2001:db8::1").forced, Forced::kUp);
}

TEST(Layout, OverridesEndByThemselves) {
  const std::string drain =
      "kind: Override\ntarget: pool/a\ndrain: true\nuntil: 1970-01-01T00:01:40Z\n";
  EXPECT_TRUE(SpecWith(drain, "a/192.0.2.1", 99).drained);
  EXPECT_FALSE(SpecWith(drain, "a/192.0.2.1", 100).drained);
}

TEST(MonitorFor, FillsInTheDefaults) {
  const auto built = BuiltOf(kSmallWorld);
  const auto web = MonitorFor(*built, IndexOf(*built, "a/2001:db8::1"));
  ASSERT_NE(web, nullptr);
  EXPECT_EQ(web->http().port(), 80U);
  EXPECT_EQ(web->http().path(), "/healthz");
  EXPECT_EQ(web->http().method(), "GET");
  EXPECT_EQ(web->http().host(), "");
  EXPECT_THAT(web->http().expect().status(), ElementsAre("200-299"));
  EXPECT_EQ(web->rise(), 2U);
  EXPECT_EQ(web->fall(), 3U);
  EXPECT_EQ(web->quorum(), v1::QUORUM_MAJORITY);
  EXPECT_EQ(web->staleness().seconds(), 3);
  const auto own = MonitorFor(*built, IndexOf(*built, "a/192.0.2.1"));
  EXPECT_EQ(own->interval().seconds(), 5);
  EXPECT_EQ(own->timeout().seconds(), 2);
  EXPECT_EQ(own->https().port(), 8443U);
  EXPECT_EQ(own->https().host(), "own.example");
  EXPECT_EQ(MonitorFor(*built, IndexOf(*built, "b/192.0.2.2")), nullptr);
  const auto named = MonitorFor(*built, IndexOf(*built, "names/target.example.net"));
  EXPECT_EQ(named->http().host(), "target.example.net");
}

TEST(MonitorFor, ProbesWhereAnEndpointListensByItsOwnPort) {
  const auto built = BuiltOf(
      "kind: Region\nname: r\n---\nkind: Monitor\nname: tcp\ntcp: {port: 80}\n---\nkind: Pool\n"
      "name: p\nregion: r\nmonitor: tcp\nendpoints:\n  - {address: 192.0.2.1, port: 31000}\n"
      "  - {address: 192.0.2.2}\n");
  EXPECT_EQ(MonitorFor(*built, IndexOf(*built, "p/192.0.2.1"))->tcp().port(), 31000U);
  EXPECT_EQ(MonitorFor(*built, IndexOf(*built, "p/192.0.2.2"))->tcp().port(), 80U);
}

TEST(ProbeAddressFor, IsTheAnsweredOneUnlessAnotherIsGiven) {
  const auto built = BuiltOf(kSmallWorld);
  const auto probed = [&](const std::string& id) {
    return ProbeAddressFor(*built, IndexOf(*built, id)).ToString();
  };
  EXPECT_EQ(probed("a/192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(probed("a/2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(probed("b/192.0.2.2"), "192.0.2.102");
  EXPECT_EQ(probed("names/target.example.net"), "192.0.2.103");
}

TEST(PinsFor, LeadsRecordsToPools) {
  const auto built = BuiltOf(std::string(kSmallWorld) +
                             "kind: Override\ntarget: record/www.example.com\nfailover_to: b\n"
                             "until: 1970-01-01T00:01:40Z\n");
  const auto pins = PinsFor(*built, At(0));
  ASSERT_EQ(pins.size(), 1U);
  EXPECT_EQ(built->steering->records[pins.begin()->first].name.ToString(), "www.example.com");
  EXPECT_EQ(built->steering->topology.pools[pins.begin()->second].name, "b");
  EXPECT_THAT(PinsFor(*built, At(100)), IsEmpty());
}

TEST(Demo, IsSound) {
  Collected collected = Collect(LoadPath("zones"));
  BuildResult result = Build(collected.resources, nullptr);
  for (const Problem& problem : collected.problems) ADD_FAILURE() << problem.ToString();
  for (const Problem& problem : result.problems) ADD_FAILURE() << problem.ToString();
  ASSERT_NE(result.built, nullptr);
  EXPECT_EQ(result.built->steering->topology.endpoints.size(), 6U);
  EXPECT_EQ(result.built->zones.at("example.com").steered.size(), 5U);
}

}  // namespace
}  // namespace waypost::config
