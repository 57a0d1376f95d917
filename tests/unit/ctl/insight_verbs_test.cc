// Verbs that ask what happens and why: what they ask, what they print.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ctl/fake_director.h"

namespace waypost::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

using Asked = std::vector<std::string>;
using ::testing::HasSubstr;
using ::testing::Not;

class InsightVerbs : public testing::Test {
 protected:
  FakeDirector director_;
};

v1::StatusReply Troubled() {
  return Text<v1::StatusReply>(R"(
      version: "0.1.0" revision: 12 epoch: 345 uptime_s: 7500
      regions { name: "eu" endpoints: 2 endpoints_up: 1 drained: true }
      pools { name: "web-eu" region: "eu" weight: 100 held_by: "www.example.com"
        endpoints { address: "192.0.2.1" weight: 100 standing: "up" monitor: "web" age_ms: 192000
                    votes_up: 3 }
        endpoints { address: "192.0.2.2" weight: 50 standing: "down" monitor: "web" age_ms: 5000
                    votes_down: 2 votes_stale: 1 reason: "connect: connection refused" }
        endpoints { address: "192.0.2.3" standing: "no-data" reason: "no-data" } }
      vantages { name: "v1" region: "eu" connected: true silence_ms: 300 assigned: 3 targets: 2
                 targets_down: 1 version: "0.1.0" }
      vantages { name: "v2" connected: false silence_ms: 61000 }
      overrides { target: "region/eu" drain: true until { seconds: 1577840400 } reason: "works" }
      zones { origin: "example.com" serial: 5 names: 10 records: 20 steered: 1
              journal_from: 3 journal_versions: 2 }
      geo { databases: "city.mmdb" prefixes: 1000 classes: 30 build_epoch_s: 1575158400
            attribution: "IP Geolocation by DB-IP" }
      warnings: "one vantage is lost")");
}

TEST_F(InsightVerbs, StatusShowsEverything) {
  director_.Reply("Status", Troubled());
  const Outcome outcome = RunOn(director_, {"status"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(
      outcome.out,
      "waypost-dnsd 0.1.0  revision 12  epoch 345  up for 2h05m\n"
      "geo: 1000 client prefixes in 30 classes from city.mmdb, built 2019-12-01; IP Geolocation by "
      "DB-IP\n"
      "\n"
      "REGION  ENDPOINTS  STATE\n"
      "eu      1/2 up     drained\n"
      "\n"
      "POOL    REGION  WEIGHT  ENDPOINTS  HELD BACK BY\n"
      "web-eu  eu         100  2/3 up     www.example.com\n"
      "\n"
      "ENDPOINT          WEIGHT  STANDING    FOR  UP/DOWN/STALE  WHY\n"
      "web-eu/192.0.2.1     100  up        3m12s  3/0/0\n"
      "web-eu/192.0.2.2      50  down         5s  0/2/1          connect: connection refused\n"
      "web-eu/192.0.2.3       0  no-data       -  -              no-data\n"
      "\n"
      "VANTAGE  REGION  STREAM     SILENT  ASSIGNED  TARGETS  DOWN  VERSION\n"
      "v1       eu      connected   300ms         3        2     1  0.1.0\n"
      "v2       -       lost        1m01s         0        0     0\n"
      "\n"
      "OVERRIDE   STATE    UNTIL                              REASON\n"
      "region/eu  drained  2020-01-01 01:00:00Z (1h00m left)  works\n"
      "\n"
      "ZONE         SERIAL  NAMES  RECORDS  STEERED  IXFR FROM\n"
      "example.com       5     10       20        1          3\n"
      "\n"
      "warning: one vantage is lost\n");
  EXPECT_EQ(director_.asked(), Asked{"Status"});
}

TEST_F(InsightVerbs, StatusShowsNoMoreZonesThanAnybodyReads) {
  v1::StatusReply many;
  for (int i = 0; i < 1000; ++i) many.add_zones()->set_origin("z" + std::to_string(i) + ".test");
  director_.Reply("Status", many);
  const std::string out = RunOn(director_, {"status"}).out;
  EXPECT_THAT(out, HasSubstr("z99.test"));
  EXPECT_THAT(out, Not(HasSubstr("z100.test")));
  EXPECT_THAT(out, HasSubstr("\nand 900 more zones: `waypostctl describe zone ORIGIN` shows one"));
  EXPECT_THAT(RunOn(director_, {"-o", "json", "status"}).out, HasSubstr("z999.test"));
}

TEST_F(InsightVerbs, ShortStatusShowsOnlyWhatIsNotAsItShouldBe) {
  director_.Reply("Status", Troubled());
  EXPECT_EQ(RunOn(director_, {"status", "--short"}).out,
            "revision 12, epoch 345, up for 2h05m: endpoints 2/3 up, vantages 1/2 connected, 1 "
            "override, 1 warning\n"
            "down endpoint web-eu/192.0.2.2 for 5s: connect: connection refused\n"
            "no-data endpoint web-eu/192.0.2.3\n"
            "lost vantage v2, silent for 1m01s\n"
            "drained region/eu: works\n"
            "warning: one vantage is lost\n");
}

TEST_F(InsightVerbs, OverrideThatIsOverIsNothingThatShortStatusShows) {
  v1::StatusReply status = Troubled();
  status.mutable_overrides(0)->mutable_until()->set_seconds(1577836800);
  director_.Reply("Status", status);
  const std::string brief = RunOn(director_, {"status", "--short"}).out;
  EXPECT_THAT(brief, HasSubstr("0 overrides"));
  EXPECT_THAT(brief, Not(HasSubstr("drained region/eu")));
  EXPECT_THAT(RunOn(director_, {"status"}).out, HasSubstr("2020-01-01 00:00:00Z (over)"));
}

TEST_F(InsightVerbs, StatusIsColouredOnlyAtATerminalWithoutNoColor) {
  director_.Reply("Status", Troubled());
  const auto has_colors = [&](const Desk& desk) {
    return RunOn(director_, {"status"}, desk).out.find('\x1b') != std::string::npos;
  };
  EXPECT_FALSE(has_colors({}));
  EXPECT_TRUE(has_colors({.terminal = true}));
  EXPECT_FALSE(has_colors({.terminal = true, .variables = {{"NO_COLOR", "1"}}}));
  EXPECT_FALSE(has_colors({.terminal = true, .variables = {{"TERM", "dumb"}}}));
}

TEST_F(InsightVerbs, ExplainTellsTheChainAsAStory) {
  director_.Reply("Explain", Text<v1::ExplainReply>(R"(
      revision: 12 epoch: 345 record: "www.example.com" policy: "web"
      client { asked: "198.51.100.7" located: "198.51.100.0" country: "FR" city: "Paris"
               continent: "EU" networks: "offices" holds_for: 24 source: "network \"offices\"" }
      steps { step: "residency" summary: "gdpr stays in gdpr"
        candidates { pool: "web-eu" kept: true why: "label gdpr" }
        candidates { pool: "web-us" why: "no label" } }
      steps { step: "latency"
        candidates { pool: "web-eu" kept: true why: "23.1 ms measured, imported 2 h ago" }
        candidates { pool: "web-ap" kept: true rank: 1 why: "140 ms modelled" } }
      answers: "192.0.2.1" answers: "192.0.2.2" pool: "web-eu" ttl_s: 10
      ttl_why: "10 s: the verdict could change in 10 s" scope: 24 scope_why: "the network's entry"
      outcome: "answered")"));
  const Outcome outcome =
      RunOn(director_, {"explain", "www.example.com", "a", "--client", "198.51.100.7"});
  EXPECT_EQ(outcome.out,
            "www.example.com A, revision 12, epoch 345\n"
            "client   198.51.100.7, looked up as 198.51.100.0, in Paris, FR, EU, in network "
            "offices\n"
            "         from network \"offices\"; the same holds for its /24\n"
            "policy   web\n"
            "\n"
            "1. residency: gdpr stays in gdpr\n"
            "   CANDIDATE  POOL    ORDER     WHY\n"
            "   kept       web-eu  in front  label gdpr\n"
            "   dropped    web-us  -         no label\n"
            "\n"
            "2. latency\n"
            "   CANDIDATE  POOL    ORDER     WHY\n"
            "   kept       web-eu  in front  23.1 ms measured, imported 2 h ago\n"
            "   kept       web-ap  rank 1    140 ms modelled\n"
            "\n"
            "outcome  answered, pool web-eu\n"
            "answers  192.0.2.1, 192.0.2.2\n"
            "ttl      10 s: the verdict could change in 10 s\n"
            "scope    /24: the network's entry\n");
  EXPECT_EQ(director_.asked(),
            Asked{R"(Explain name: "www.example.com" type: RECORD_TYPE_A client: "198.51.100.7")"});
}

TEST_F(InsightVerbs, ExplainAsksByAPastRevisionAndForTheRecordsOwnType) {
  RunOn(director_, {"explain", "www.example.com", "--client", "2001:db8::/40", "--at", "3"});
  EXPECT_EQ(director_.asked(),
            Asked{R"(Explain name: "www.example.com" client: "2001:db8::/40" revision: 3)"});
  EXPECT_EQ(RunOn(director_, {"explain", "www.example.com"}).code, 2);
}

TEST_F(InsightVerbs, HealthWhyShowsEachVote) {
  director_.Reply("Why", Text<v1::WhyReply>(R"(
      endpoints { endpoint: "web-eu/192.0.2.1" quorum: "majority"
        status { standing: "down" age_ms: 5000 monitor: "web" votes_up: 1 votes_down: 2
                 reason: "connect: refused" }
        votes { vantage: "v1" counted: true age_ms: 400
          observation { opinion: OPINION_DOWN opinion_age_us: 5000000 failed_layer: LAYER_CONNECT
                        detail: "connection refused" } }
        votes { vantage: "v2" counted: false why: "stale" age_ms: 61000
          observation { opinion: OPINION_UP opinion_age_us: 3600000000
            phases { connect_us: 900 tls_us: 2500 first_byte_us: 4000 total_us: 1200000 }
            certificate_expires_in_s: 86400 } } })"));
  EXPECT_EQ(RunOn(director_, {"health", "why", "web-eu/192.0.2.1"}).out,
            "web-eu/192.0.2.1: down for 5s, connect: refused\n"
            "  monitor web, quorum majority: 1 up, 2 down, 0 stale\n"
            "  VANTAGE  SAYS    FOR   SEEN  COUNTED    WHAT IT SAW\n"
            "  v1       down     5s  400ms  yes        connect: connection refused\n"
            "  v2       up    1h00m  1m01s  no: stale  connect 900us, tls 2.5ms, first byte 4.0ms, "
            "total 1.20s; certificate expires in 1d00h\n");
  EXPECT_EQ(director_.asked(), Asked{R"(Why endpoint: "web-eu/192.0.2.1")"});
}

TEST_F(InsightVerbs, HealthWhyNamesThoseWhoWatchWhereNotAllDo) {
  director_.Reply("Why", Text<v1::WhyReply>(R"(
      endpoints { endpoint: "web-eu/192.0.2.1" quorum: "majority" vantages: 3
        watched_by: "v1" watched_by: "v4" status { standing: "no-data" monitor: "web" } })"));
  EXPECT_EQ(RunOn(director_, {"health", "why", "web-eu/192.0.2.1"}).out,
            "web-eu/192.0.2.1: no-data\n"
            "  monitor web, quorum majority: 0 up, 0 down, 0 stale\n"
            "  watched by v1, v4 (3 wanted)\n"
            "  no vantage has said anything yet\n");
}

TEST_F(InsightVerbs, HealthWhyOfAnUnknownEndpointIsNotFound) {
  const Outcome outcome = RunOn(director_, {"health", "why", "192.0.2.9"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.err, "waypostctl: no endpoint \"192.0.2.9\"\n");
}

void ReplyTwoEvents(FakeDirector& director) {
  director.Reply("Watch", Text<v1::Event>(R"(
      time { seconds: 1577836800 nanos: 7000000 } kind: "verdict" subject: "endpoint/web/192.0.2.1" text: "down"
      epoch: 5)"));
  director.Reply("Watch", Text<v1::Event>(R"(
      time { seconds: 1577836801 } kind: "revision" subject: "revision/8" text: "by ann" )"));
}

TEST_F(InsightVerbs, WatchPrintsALineForEachEvent) {
  ReplyTwoEvents(director_);
  const Outcome outcome = RunOn(director_, {"watch"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "2020-01-01 00:00:00.007Z  verdict   endpoint/web/192.0.2.1  down\n"
            "2020-01-01 00:00:01.000Z  revision  revision/8  by ann\n");
}

TEST_F(InsightVerbs, WatchPrintsALineOfJsonForEachEvent) {
  ReplyTwoEvents(director_);
  const std::string out = RunOn(director_, {"watch", "-o", "json"}).out;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
  EXPECT_EQ(out.front(), '{');
}

TEST_F(InsightVerbs, LatencyShowsClientsAndRegions) {
  director_.Reply("ShowLatency", Text<v1::ShowLatencyReply>(R"(
      rows { client: "country:FR" region: "eu" rtt_ms: 12.34 witness: "import" age_s: 7500 }
      regions { client: "region:us" region: "eu" rtt_ms: 88 witness: "vantage \"us-1\"" })"));
  EXPECT_EQ(RunOn(director_, {"latency", "show", "country:FR"}).out,
            "CLIENT      REGION     RTT    AGE  WITNESS\n"
            "country:FR  eu      12.3ms  2h05m  import\n"
            "\n"
            "FROM REGION  REGION     RTT  AGE  WITNESS\n"
            "region:us    eu      88.0ms  0ms  vantage \"us-1\"\n");
  EXPECT_EQ(director_.asked(), Asked{R"(ShowLatency client: "country:FR")"});
}

}  // namespace
}  // namespace waypost::ctl
