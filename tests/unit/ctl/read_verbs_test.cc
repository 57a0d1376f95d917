// Verbs that only look: what they ask, what they print.
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"
#include "tests/unit/ctl/fake_director.h"

namespace waypost::ctl {
namespace {

using Asked = std::vector<std::string>;

class ReadVerbs : public testing::Test {
 protected:
  FakeDirector director_;
};

v1::ListReply Declared() {
  return Text<v1::ListReply>(R"(
      revision: 7
      resources { region {
        name: "eu" location { latitude: 53.35 longitude: -6.26 country: "IE" }
        labels { key: "jurisdiction" value: "gdpr" } capacity: 40000 } }
      resources { monitor {
        name: "web" https { path: "/healthz" } interval { seconds: 1 } fall: 2 } }
      resources { pool {
        name: "web-eu" region: "eu" monitor: "web"
        endpoints { address: "192.0.2.1" } endpoints { address: "192.0.2.2" weight: 5 } } }
      resources { network {
        name: "offices" entries { prefix: "198.51.100.0/24" }
        entries { prefix: "203.0.113.0/24" label: "lab" } } }
      resources { policy {
        name: "web" steps { latency { tolerance { nanos: 10000000 } } } steps { policy: "base" }
        on_all_down: ON_ALL_DOWN_NONE } }
      resources { record {
        name: "www.example.com" types: [RECORD_TYPE_A, RECORD_TYPE_AAAA] policy: "web"
        pools: "web-eu" ttl { max { seconds: 30 } } } }
      resources { zone { origin: "example.com" text: "a\nb\n" } }
      resources { override {
        target: "region/eu" drain: true until { seconds: 1577840400 } reason: "works" } })");
}

v1::ListReply Only(int index) {
  v1::ListReply reply;
  *reply.add_resources() = Declared().resources(index);
  return reply;
}

TEST_F(ReadVerbs, GetShowsATableForEachKind) {
  director_.Reply("List", Declared());
  const Outcome outcome = RunOn(director_, {"get"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "Regions\n"
            "NAME  LOCATION      COUNTRY  CAPACITY  LABELS\n"
            "eu    53.35, -6.26  IE          40000  jurisdiction=gdpr\n"
            "\n"
            "Monitors\n"
            "NAME  PROBE               INTERVAL  TIMEOUT  RISE  FALL  QUORUM\n"
            "web   https :443/healthz  1s        2s       2     2     majority\n"
            "\n"
            "Pools\n"
            "NAME    REGION  MONITOR  WEIGHT  ENDPOINTS\n"
            "web-eu  eu      web         100  192.0.2.1, 192.0.2.2 (5)\n"
            "\n"
            "Networks\n"
            "NAME     ENTRIES  LABELS\n"
            "offices        2  lab, offices\n"
            "\n"
            "Policies\n"
            "NAME  ALL DOWN  NO DATA YET  STALE   STEPS\n"
            "web   none      last_known   freeze  latency > policy \"base\"\n"
            "\n"
            "Records\n"
            "NAME             TYPES    POLICY  TTL        POOLS\n"
            "www.example.com  A, AAAA  web     5s to 30s  web-eu\n"
            "\n"
            "Zones\n"
            "ORIGIN       LINES  ECS  FILE\n"
            "example.com      2  on\n"
            "\n"
            "Overrides\n"
            "TARGET     STATE    UNTIL                 REASON\n"
            "region/eu  drained  2020-01-01 01:00:00Z  works\n");
  EXPECT_EQ(director_.asked(), Asked{"List"});
}

TEST_F(ReadVerbs, GetOfOneKindHasNoHeading) {
  director_.Reply("List", Only(2));
  const Outcome outcome = RunOn(director_, {"get", "pools"});
  EXPECT_EQ(outcome.out,
            "NAME    REGION  MONITOR  WEIGHT  ENDPOINTS\n"
            "web-eu  eu      web         100  192.0.2.1, 192.0.2.2 (5)\n");
  EXPECT_EQ(director_.asked(), Asked{R"(List kind: "pool")"});
}

TEST_F(ReadVerbs, GetNamesTheResourceInOneWordOrInTwo) {
  director_.Reply("List", Only(2));
  RunOn(director_, {"get", "pool", "web-eu", "--revision", "3"});
  RunOn(director_, {"get", "pool/web-eu"});
  RunOn(director_, {"get", "override/region/eu"});
  EXPECT_EQ(director_.asked(), (Asked{R"(List kind: "pool" name: "web-eu" revision: 3)",
                                      R"(List kind: "pool" name: "web-eu")",
                                      R"(List kind: "override" name: "region/eu")"}));
}

TEST_F(ReadVerbs, GetOfWhatIsNotDeclaredIsNotFound) {
  director_.Reply("List", Text<v1::ListReply>("revision: 7"));
  const Outcome outcome = RunOn(director_, {"get", "pool", "nope"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.err, "waypostctl: pool \"nope\" is not declared in revision 7\n");
}

/// What `get -o FORMAT` printed, read again as a resource file.
std::string ReadBack(const std::string& text, const std::string& file) {
  const config::Parsed parsed = config::ParseDocuments(text, file);
  std::string back;
  for (const Problem& problem : parsed.problems) back += problem.ToString() + "\n";
  v1::ListReply list;
  for (const auto& one : parsed.resources) *list.add_resources() = one.resource;
  list.set_revision(7);
  return back + list.ShortDebugString();
}

TEST_F(ReadVerbs, GetGivesDocumentsThatApplyReads) {
  director_.Reply("List", Declared());
  const std::string declared = Declared().ShortDebugString();
  EXPECT_EQ(ReadBack(RunOn(director_, {"get", "-o", "yaml"}).out, "all.yaml"), declared);
  EXPECT_EQ(ReadBack(RunOn(director_, {"get", "-o", "json"}).out, "all.json"), declared);
}

TEST_F(ReadVerbs, DescribeShowsWhoRefersToAPoolAndHowItStands) {
  director_.Reply("List", Only(2));
  director_.Reply("List", Declared());
  director_.Reply("Status", Text<v1::StatusReply>(R"(
      pools { name: "web-eu" region: "eu" weight: 100
        endpoints { address: "192.0.2.1" weight: 100 standing: "up" monitor: "web" age_ms: 192000
                    votes_up: 3 } }
      pools { name: "other" }
      overrides { target: "endpoint/web-eu/192.0.2.1" drain: true }
      overrides { target: "pool/web-eu2" drain: true })"));
  const Outcome outcome = RunOn(director_, {"describe", "pool", "web-eu"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "pool/web-eu\n"
            "  kind: Pool\n"
            "  name: web-eu\n"
            "  region: eu\n"
            "  monitor: web\n"
            "  endpoints:\n"
            "    - {address: 192.0.2.1}\n"
            "    - {address: 192.0.2.2, weight: 5}\n"
            "\n"
            "Referred to by record/www.example.com.\n"
            "\n"
            "POOL    REGION  WEIGHT  ENDPOINTS  HELD BACK BY\n"
            "web-eu  eu         100  1/1 up\n"
            "\n"
            "ENDPOINT          WEIGHT  STANDING    FOR  UP/DOWN/STALE  WHY\n"
            "web-eu/192.0.2.1     100  up        3m12s  3/0/0\n"
            "\n"
            "OVERRIDE                   STATE    UNTIL    REASON\n"
            "endpoint/web-eu/192.0.2.1  drained  removed\n");
}

TEST_F(ReadVerbs, DescribeARecordSaysWhatItAnswersNow) {
  director_.Reply("List", Only(5));
  director_.Reply("List", Declared());
  director_.Reply("Explain",
                  Text<v1::ExplainReply>(R"(answers: "192.0.2.1" pool: "web-eu" ttl_s: 10)"));
  director_.Reply("Explain", Text<v1::ExplainReply>(R"(outcome: "no-family" ttl_s: 5)"));
  const Outcome outcome = RunOn(director_, {"describe", "record/www.example.com"});
  EXPECT_NE(outcome.out.find("Referred to by nothing.\n"
                             "\n"
                             "Answers now, for a client of unknown place:\n"
                             "  A: 192.0.2.1 of pool web-eu, for 10 s\n"
                             "  AAAA: no-family, for 5 s\n"),
            std::string::npos)
      << outcome.out;
  EXPECT_EQ(director_.asked()[3],
            R"(Explain name: "www.example.com" type: RECORD_TYPE_A client: "0.0.0.0/0")");
}

TEST_F(ReadVerbs, DescribeFindsReferencesInsidePoliciesAndOverrides) {
  v1::ListReply all = Text<v1::ListReply>(R"(
      resources { region { name: "eu" } }
      resources { policy { name: "near" steps { geoproximity { bias { key: "eu" value: 5 } } } } }
      resources { policy { name: "geo" steps { geo { rules { regions: "eu" } } } } }
      resources { policy { name: "far" steps { geo { rules { regions: "us" } } } } }
      resources { override { target: "region/eu" drain: true } })");
  director_.Reply("List", Only(0));
  director_.Reply("List", all);
  EXPECT_NE(RunOn(director_, {"describe", "region", "eu"})
                .out.find("Referred to by override/region/eu, policy/geo, policy/near.\n"),
            std::string::npos);
}

TEST_F(ReadVerbs, DescribeNeedsAName) { EXPECT_EQ(RunOn(director_, {"describe", "pool"}).code, 2); }

v1::PlanReply Planned() {
  return Text<v1::PlanReply>(R"(
      base_revision: 7
      changes { action: ACTION_UPDATE id: "pool/web"
        before { pool { name: "web" region: "eu" weight: 100 } }
        after { pool { name: "web" region: "eu" weight: 50 } } }
      changes { action: ACTION_CREATE id: "region/us" after { region { name: "us" } } }
      impacts { record: "www.example.com" type: RECORD_TYPE_A prefixes: 1000 changed_prefixes: 30
        changed_share: 0.028
        countries { country: "FR" changed_prefixes: 20 changed_share: 0.02 from: "a" to: "b" }
        countries { changed_prefixes: 10 changed_share: 0.0001 from: "a" } })");
}

constexpr const char* kPlanTable =
    "~ pool/web\n"
    "    name: web\n"
    "    region: eu\n"
    "  - weight: 100\n"
    "  + weight: 50\n"
    "+ region/us\n"
    "  + kind: Region\n"
    "  + name: us\n";

class PlanVerb : public ReadVerbs {
 protected:
  std::string file_ = WriteFile(director_.folder(), "region.yaml", "kind: Region\nname: us\n");
};

TEST_F(PlanVerb, ShowsTheFieldsThatChangeAndWhoseAnswersMove) {
  director_.Reply("Plan", Planned());
  const Outcome outcome = RunOn(director_, {"plan", "--prune", "-f", file_});
  EXPECT_EQ(outcome.code, 0);
  // The first line of the pool is left out: it is too far from what changes.
  EXPECT_EQ(outcome.out,
            "~ pool/web\n"
            "    ...\n" +
                std::string(kPlanTable).substr(11) +
                "\n"
                "Against revision 7: 1 to create, 1 to update, 0 to delete.\n"
                "Answered differently:\n"
                "www.example.com A: 30 of 1000 client prefixes, 2.8% of the IPv4 addresses\n"
                "  COUNTRY  PREFIXES  SHARE  FROM  TO\n"
                "  FR             20   2.0%  a     b\n"
                "  unknown        10  <0.1%  a     nothing\n");
  EXPECT_EQ(director_.asked(),
            Asked{R"(Plan change { resources { resource { region { name: "us" } } file: ")" +
                  file_ + R"(" line: 1 field_lines { key: "name" value: 2 } } prune: true })"});
}

TEST_F(PlanVerb, TellsByItsExitCodeWhetherThereAreChangesIfAsked) {
  EXPECT_EQ(RunOn(director_, {"plan", "--detailed-exitcode", "-f", file_}).code, 0);
  director_.Reply("Plan", Planned());
  EXPECT_EQ(RunOn(director_, {"plan", "--detailed-exitcode", "-f", file_}).code, 7);
}

TEST_F(PlanVerb, SaysThatNothingWouldChange) {
  director_.Reply("Plan", Text<v1::PlanReply>("base_revision: 7"));
  EXPECT_EQ(RunOn(director_, {"plan", "-f", file_}).out,
            "Against revision 7: 0 to create, 0 to update, 0 to delete.\n");
}

TEST_F(PlanVerb, FailsOnProblems) {
  director_.Reply("Plan", Text<v1::PlanReply>(R"(problems { file: "a" line: 2 fact: "bad" })"));
  const Outcome outcome = RunOn(director_, {"plan", "-f", file_});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "a:2: bad\nwaypostctl: refused: 1 problem, nothing was changed\n");
}

TEST_F(PlanVerb, DiffOfFilesShowsTheSameChangesWithoutImpact) {
  director_.Reply("Plan", Planned());
  EXPECT_EQ(RunOn(director_, {"diff", "-f", file_}).out,
            "~ pool/web\n    ...\n" + std::string(kPlanTable).substr(11));
}

TEST_F(ReadVerbs, DiffComparesTheLastTwoRevisionsUnlessTold) {
  director_.Reply("History", Text<v1::HistoryReply>("revisions { number: 9 } "
                                                    "revisions { number: 7 }"));
  EXPECT_EQ(RunOn(director_, {"diff"}).out, "No difference.\n");
  RunOn(director_, {"diff", "3"});
  RunOn(director_, {"diff", "3", "5"});
  EXPECT_EQ(director_.asked(),
            (Asked{"History limit: 2", "Diff from: 7", "Diff from: 3", "Diff from: 3 to: 5"}));
}

TEST_F(ReadVerbs, DiffWithoutAnEarlierRevisionIsNotFound) {
  EXPECT_EQ(RunOn(director_, {"diff"}).code, 4);
}

TEST_F(ReadVerbs, HistoryShowsWhoDidWhat) {
  director_.Reply("History", Text<v1::HistoryReply>(R"(
      revisions { number: 12 time { seconds: 1577836500 } author: "ann@desk" reason: "works"
        changes { action: ACTION_CREATE id: "pool/a" }
        changes { action: ACTION_UPDATE id: "pool/b" }
        changes { action: ACTION_DELETE id: "pool/c" }
        changes { action: ACTION_DELETE id: "pool/d" } }
      revisions { number: 9 time { seconds: 1577750400 } author: "bob" })"));
  EXPECT_EQ(RunOn(director_, {"history", "--limit", "2", "--before", "30"}).out,
            "REVISION  TIME                    AGE  AUTHOR    CHANGES                           "
            "  REASON\n"
            "      12  2019-12-31 23:55:00Z  5m00s  ann@desk  +pool/a ~pool/b -pool/c and 1 more"
            "  works\n"
            "       9  2019-12-31 00:00:00Z  1d00h  bob       -\n");
  EXPECT_EQ(director_.asked(), Asked{"History limit: 2 before: 30"});
}

v1::StatusReply Troubled() {
  return Text<v1::StatusReply>(R"(
      version: "0.1.0" revision: 12 epoch: 345 uptime_s: 7500
      regions { name: "eu" endpoints: 2 endpoints_up: 1 drained: true }
      pools { name: "web-eu" region: "eu" weight: 100 held_by: "www.example.com"
        endpoints { address: "192.0.2.1" weight: 100 standing: "up" monitor: "web" age_ms: 192000
                    votes_up: 3 }
        endpoints { address: "192.0.2.2" weight: 50 standing: "down" monitor: "web" age_ms: 5000
                    votes_down: 2 votes_stale: 1 reason: "connect: connection refused" } }
      vantages { name: "v1" region: "eu" connected: true silence_ms: 300 targets: 2
                 targets_down: 1 version: "0.1.0" }
      vantages { name: "v2" connected: false silence_ms: 61000 }
      overrides { target: "region/eu" drain: true until { seconds: 1577840400 } reason: "works" }
      zones { origin: "example.com" serial: 5 names: 10 records: 20 steered: 1 }
      geo { databases: "city.mmdb" prefixes: 1000 classes: 30 build_epoch_s: 1575158400
            attribution: "IP Geolocation by DB-IP" }
      warnings: "one vantage is lost")");
}

TEST_F(ReadVerbs, StatusShowsEverything) {
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
      "web-eu  eu         100  1/2 up     www.example.com\n"
      "\n"
      "ENDPOINT          WEIGHT  STANDING    FOR  UP/DOWN/STALE  WHY\n"
      "web-eu/192.0.2.1     100  up        3m12s  3/0/0\n"
      "web-eu/192.0.2.2      50  down         5s  0/2/1          connect: connection refused\n"
      "\n"
      "VANTAGE  REGION  STREAM     SILENT  TARGETS  DOWN  VERSION\n"
      "v1       eu      connected   300ms        2     1  0.1.0\n"
      "v2       -       lost        1m01s        0     0\n"
      "\n"
      "OVERRIDE   STATE    UNTIL                              REASON\n"
      "region/eu  drained  2020-01-01 01:00:00Z (1h00m left)  works\n"
      "\n"
      "ZONE         SERIAL  NAMES  RECORDS  STEERED\n"
      "example.com       5     10       20        1\n"
      "\n"
      "warning: one vantage is lost\n");
  EXPECT_EQ(director_.asked(), Asked{"Status"});
}

TEST_F(ReadVerbs, ShortStatusShowsOnlyWhatIsNotAsItShouldBe) {
  director_.Reply("Status", Troubled());
  EXPECT_EQ(RunOn(director_, {"status", "--short"}).out,
            "revision 12, epoch 345, up for 2h05m: endpoints 1/2 up, vantages 1/2 connected, 1 "
            "override, 1 warning\n"
            "down endpoint web-eu/192.0.2.2 for 5s: connect: connection refused\n"
            "lost vantage v2, silent for 1m01s\n"
            "drained region/eu: works\n"
            "warning: one vantage is lost\n");
}

TEST_F(ReadVerbs, StatusIsColouredOnlyAtATerminalWithoutNoColor) {
  director_.Reply("Status", Troubled());
  const auto has_colors = [&](const Desk& desk) {
    return RunOn(director_, {"status"}, desk).out.find('\x1b') != std::string::npos;
  };
  EXPECT_FALSE(has_colors({}));
  EXPECT_TRUE(has_colors({.terminal = true}));
  EXPECT_FALSE(has_colors({.terminal = true, .variables = {{"NO_COLOR", "1"}}}));
  EXPECT_FALSE(has_colors({.terminal = true, .variables = {{"TERM", "dumb"}}}));
}

TEST_F(ReadVerbs, ExplainTellsTheChainAsAStory) {
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
      ttl_why: "the verdict could change in 10 s" scope: 24 scope_why: "the network's entry"
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

TEST_F(ReadVerbs, ExplainAsksByAPastRevisionAndForTheRecordsOwnType) {
  RunOn(director_, {"explain", "www.example.com", "--client", "2001:db8::/40", "--at", "3"});
  EXPECT_EQ(director_.asked(),
            Asked{R"(Explain name: "www.example.com" client: "2001:db8::/40" revision: 3)"});
  EXPECT_EQ(RunOn(director_, {"explain", "www.example.com"}).code, 2);
}

TEST_F(ReadVerbs, HealthWhyShowsEachVote) {
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

TEST_F(ReadVerbs, HealthWhyOfAnUnknownEndpointIsNotFound) {
  const Outcome outcome = RunOn(director_, {"health", "why", "192.0.2.9"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.err, "waypostctl: no endpoint \"192.0.2.9\"\n");
}

void ReplyTwoEvents(FakeDirector& director) {
  director.Reply("Watch", Text<v1::Event>(R"(
      time { seconds: 1577836800 } kind: "verdict" subject: "endpoint/web/192.0.2.1" text: "down"
      epoch: 5)"));
  director.Reply("Watch", Text<v1::Event>(R"(
      time { seconds: 1577836801 } kind: "revision" subject: "revision/8" text: "by ann" )"));
}

TEST_F(ReadVerbs, WatchPrintsALineForEachEvent) {
  ReplyTwoEvents(director_);
  const Outcome outcome = RunOn(director_, {"watch"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "2020-01-01 00:00:00Z  verdict   endpoint/web/192.0.2.1  down\n"
            "2020-01-01 00:00:01Z  revision  revision/8  by ann\n");
}

TEST_F(ReadVerbs, WatchPrintsALineOfJsonForEachEvent) {
  ReplyTwoEvents(director_);
  const std::string out = RunOn(director_, {"watch", "-o", "json"}).out;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
  EXPECT_EQ(out.front(), '{');
}

TEST_F(ReadVerbs, LatencyShowsClientsAndRegions) {
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

TEST_F(ReadVerbs, NamesAreListedForCompletion) {
  director_.Reply("List", Declared());
  EXPECT_EQ(RunOn(director_, {"names", "target"}).out,
            "region/eu\npool/web-eu\nendpoint/web-eu/192.0.2.1\nendpoint/web-eu/192.0.2.2\n");
  EXPECT_EQ(RunOn(director_, {"names", "records"}).out, "www.example.com\n");
  EXPECT_EQ(RunOn(director_, {"names", "share"}).out,
            "web-eu\nweb-eu/192.0.2.1\nweb-eu/192.0.2.2\n");
}

TEST_F(ReadVerbs, NamesAreSilentWithoutAServer) {
  const Outcome outcome = RunWith({}, {"--server", "unix:/nonexistent.sock", "names", "pool"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.out + outcome.err, "");
}

}  // namespace
}  // namespace waypost::ctl
