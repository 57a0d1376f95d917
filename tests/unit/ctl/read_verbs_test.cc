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
            "ORIGIN       LINES  ECS  SOURCE\n"
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
                  Text<v1::ExplainReply>(
                      R"(answers: "192.0.2.1" pool: "web-eu" ttl_s: 10 outcome: "answered")"));
  director_.Reply("Explain", Text<v1::ExplainReply>(R"(outcome: "no-family" ttl_s: 5)"));
  const Outcome outcome = RunOn(director_, {"describe", "record/www.example.com"});
  EXPECT_NE(outcome.out.find("Referred to by nothing.\n"
                             "In zone transfers: all endpoints of web-eu, whatever their health.\n"
                             "\n"
                             "Answers now, for a client of unknown place:\n"
                             "  A: 192.0.2.1 of pool web-eu, for 10 s\n"
                             "  AAAA: no answer, for 5 s (no-family)\n"),
            std::string::npos)
      << outcome.out;
  EXPECT_EQ(
      director_.asked()[3],
      R"(Explain name: "www.example.com" type: RECORD_TYPE_A client: "0.0.0.0/0" view: "default")");
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
