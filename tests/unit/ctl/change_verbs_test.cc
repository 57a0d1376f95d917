// Verbs that change something: what they ask, what they print.
#include <gtest/gtest.h>

#include "tests/unit/ctl/fake_director.h"

namespace waypost::ctl {
namespace {

using Asked = std::vector<std::string>;

constexpr const char* kIntent = R"(intent { author: "ann@desk" })";
constexpr const char* kReasoned = R"(intent { author: "ann@desk" reason: "works" })";

constexpr const char* kRegion = "kind: Region\nname: eu\n";

v1::ApplyReply Applied() {
  return Text<v1::ApplyReply>(R"(
      revision: 8 published: true
      changes { action: ACTION_CREATE id: "region/eu" after { region { name: "eu" } } }
      changes { action: ACTION_UPDATE id: "pool/web" }
      changes { action: ACTION_DELETE id: "zone/old.example" })");
}

constexpr const char* kAppliedTable =
    "+ region/eu\n"
    "~ pool/web\n"
    "- zone/old.example\n"
    "revision 8, answers by it now\n";

class ChangeVerbs : public testing::Test {
 protected:
  std::string Region() { return WriteFile(director_.folder(), "region.yaml", kRegion); }

  FakeDirector director_;
};

TEST_F(ChangeVerbs, ApplySendsEachResourceWithItsPlace) {
  director_.Reply("Apply", Applied());
  const std::string file = Region();
  const Outcome outcome = RunOn(
      director_, {"apply", "-f", file, "--reason", "works", "--expect", "7", "--author", "bob"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, kAppliedTable);
  EXPECT_EQ(director_.asked(),
            Asked{R"(Apply intent { author: "bob" reason: "works" expected_revision: 7 } )"
                  R"(resources { resource { region { name: "eu" } } file: ")" +
                  file + R"(" line: 1 field_lines { key: "name" value: 2 } })"});
}

TEST_F(ChangeVerbs, ApplyPrintsAllProblemsOfFilesAndSendsNothing) {
  const std::string file =
      WriteFile(director_.folder(), "bad.yaml", "kind: Region\nnme: eu\n---\nkind: Nonsense\n");
  const Outcome outcome = RunOn(director_, {"apply", "-f", file});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find(file + ":2: "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("waypostctl: refused: 2 problems, nothing was sent\n"),
            std::string::npos)
      << outcome.err;
  EXPECT_EQ(director_.asked(), Asked{});
}

TEST_F(ChangeVerbs, ApplyPrintsTheServersProblems) {
  director_.Reply("Apply", Text<v1::ApplyReply>(R"(
      revision: 7
      problems { file: "a.yaml" line: 3 object: "pool \"web\"" field: "region" fact: "no eu" }
      problems { object: "zone \"x\"" fact: "no NS below" warning: true })"));
  const Outcome outcome = RunOn(director_, {"apply", "-f", Region()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err,
            "zone \"x\": warning: no NS below\n"
            "a.yaml:3: pool \"web\": region: no eu\n"
            "waypostctl: refused: 1 problem, nothing was changed\n");
}

TEST_F(ChangeVerbs, ApplySucceedsWithWarnings) {
  director_.Reply("Apply", Text<v1::ApplyReply>(R"(
      revision: 7 problems { fact: "no geo database" warning: true })"));
  const Outcome outcome = RunOn(director_, {"apply", "-f", Region()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "nothing to change, revision 7 stays\n");
  EXPECT_EQ(outcome.err, "warning: no geo database\n");
}

TEST_F(ChangeVerbs, ApplySaysWhenTheServerDoesNotAnswerByTheRevisionYet) {
  v1::ApplyReply reply = Applied();
  reply.set_published(false);
  director_.Reply("Apply", reply);
  const Outcome outcome = RunOn(director_, {"apply", "-f", Region()});
  EXPECT_NE(outcome.out.find("revision 8, committed; this server does not answer by it yet\n"),
            std::string::npos);
}

TEST_F(ChangeVerbs, ApplyWithPruneDoesNotAskWhereNobodyCanAnswer) {
  EXPECT_EQ(RunOn(director_, {"apply", "--prune", "-f", Region()}).code, 0);
  ASSERT_EQ(director_.asked().size(), 1U);
  EXPECT_EQ(director_.asked()[0].rfind("Apply ", 0), 0U);
  EXPECT_NE(director_.asked()[0].find("prune: true"), std::string::npos);
}

v1::PlanReply PlannedDeletion() {
  return Text<v1::PlanReply>(
      R"(base_revision: 7 changes { action: ACTION_DELETE id: "pool/web" })");
}

TEST_F(ChangeVerbs, ApplyWithPruneShowsAtATerminalWhatItWouldDelete) {
  director_.Reply("Plan", PlannedDeletion());
  const Outcome outcome =
      RunOn(director_, {"apply", "--prune", "-f", Region()}, {.input = "n\n", .terminal = true});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "\x1b[31m- pool/web\x1b[0m\nDelete 1 resource? [y/N] ");
  EXPECT_EQ(outcome.err, "waypostctl: refused: not confirmed, nothing was changed\n");
  EXPECT_EQ(director_.asked().size(), 1U);
}

TEST_F(ChangeVerbs, ApplyWithPruneDoesOnlyWhatWasAgreedTo) {
  director_.Reply("Plan", PlannedDeletion());
  RunOn(director_, {"apply", "--prune", "-f", Region()}, {.input = "y\n", .terminal = true});
  ASSERT_EQ(director_.asked().size(), 2U);
  EXPECT_NE(director_.asked()[1].find("expected_revision: 7"), std::string::npos);
}

TEST_F(ChangeVerbs, YesKeepsTheTerminalFromAsking) {
  RunOn(director_, {"apply", "--prune", "--yes", "-f", Region()}, {.terminal = true});
  ASSERT_EQ(director_.asked().size(), 1U);
  EXPECT_EQ(director_.asked()[0].rfind("Apply ", 0), 0U);
}

TEST_F(ChangeVerbs, DeleteNamesAllItDeletes) {
  director_.Reply("Apply", Applied());
  const Outcome outcome = RunOn(director_, {"delete", "Pools/web", "zone/old.example"});
  EXPECT_EQ(outcome.out, kAppliedTable);
  EXPECT_EQ(director_.asked(), Asked{std::string("Apply ") + kIntent +
                                     R"( delete: "pool/web" delete: "zone/old.example")"});
}

TEST_F(ChangeVerbs, DeleteAsksAtATerminal) {
  const Outcome outcome =
      RunOn(director_, {"delete", "pool/web"}, {.input = "\n", .terminal = true});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "Delete pool/web? [y/N] ");
  EXPECT_EQ(director_.asked(), Asked{});
}

TEST_F(ChangeVerbs, DeleteRefusesWhatIsNoId) {
  const Outcome outcome = RunOn(director_, {"delete", "poool/web"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err,
            "waypostctl: \"poool\" is not a kind; the kinds are region, monitor, pool, network, "
            "policy, record, zone, override, key, rrset, view, registration, automation, signal, "
            "webhook (did you mean \"pool\"?)\n");
  EXPECT_EQ(RunOn(director_, {"delete", "web"}).err,
            "waypostctl: \"web\" is not KIND/NAME, such as pool/web\n");
}

TEST_F(ChangeVerbs, RollbackSendsTheRevision) {
  director_.Reply("Rollback", Applied());
  const Outcome outcome = RunOn(director_, {"rollback", "5", "--reason", "works"});
  EXPECT_EQ(outcome.out, kAppliedTable);
  EXPECT_EQ(director_.asked(), Asked{std::string("Rollback ") + kReasoned + " revision: 5"});
}

TEST_F(ChangeVerbs, RollbackShowsAtATerminalWhatWouldBeDifferent) {
  director_.Reply("History", Text<v1::HistoryReply>("revisions { number: 9 }"));
  director_.Reply("Diff", Text<v1::DiffReply>(R"(
      changes { action: ACTION_DELETE id: "region/eu" before { region { name: "eu" } } })"));
  const Desk desk{.input = "y\n", .terminal = true, .variables = {{"NO_COLOR", "1"}}};
  const Outcome outcome = RunOn(director_, {"rollback", "5"}, desk);
  EXPECT_EQ(outcome.out,
            "- region/eu\n"
            "  - kind: Region\n"
            "  - name: eu\n"
            "Roll back to revision 5? [y/N] nothing to change, revision 0 stays\n");
  EXPECT_EQ(director_.asked(),
            (Asked{"History limit: 1", "Diff from: 9 to: 5",
                   R"(Rollback intent { author: "ann@desk" expected_revision: 9 } revision: 5)"}));
}

TEST_F(ChangeVerbs, WeightOfAPool) {
  RunOn(director_, {"weight", "set", "web", "30"});
  EXPECT_EQ(director_.asked(),
            Asked{std::string("SetWeight ") + kIntent + R"( pool: "web" weight: 30)"});
}

TEST_F(ChangeVerbs, WeightOfAnEndpointByItsAddress) {
  director_.Reply("SetWeight", Applied());
  EXPECT_EQ(RunOn(director_, {"weight", "set", "web/2001:db8::1", "0"}).out, kAppliedTable);
  EXPECT_EQ(director_.asked(),
            Asked{std::string("SetWeight ") + kIntent + R"( pool: "web" endpoint: "2001:db8::1")"});
}

TEST_F(ChangeVerbs, WeightBeyondItsRangeIsABadCommandLine) {
  const Outcome outcome = RunOn(director_, {"weight", "set", "web", "65536"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("`waypostctl weight set --help`"), std::string::npos) << outcome.err;
  EXPECT_EQ(director_.asked(), Asked{});
}

TEST_F(ChangeVerbs, DrainTakesTheTargetInOneWordOrInSeveral) {
  RunOn(director_, {"drain", "region/eu"});
  RunOn(director_, {"drain", "pool", "web"});
  RunOn(director_, {"drain", "endpoint", "web", "192.0.2.1"});
  const std::string head = std::string("SetOverride ") + kIntent;
  EXPECT_EQ(director_.asked(),
            (Asked{head + R"( override { target: "region/eu" drain: true })",
                   head + R"( override { target: "pool/web" drain: true })",
                   head + R"( override { target: "endpoint/web/192.0.2.1" drain: true })"}));
}

TEST_F(ChangeVerbs, DrainForATimeEndsThen) {
  RunOn(director_, {"drain", "region/eu", "--for", "90s", "--reason", "works"});
  EXPECT_EQ(director_.asked(),
            Asked{std::string("SetOverride ") + kReasoned +
                  R"( override { target: "region/eu" drain: true until { seconds: 1577836890 } )"
                  R"(reason: "works" })"});
}

TEST_F(ChangeVerbs, AnEndpointNeedsNoWordInFront) {
  RunOn(director_, {"drain", "web/192.0.2.1"});
  const std::string head = std::string("SetOverride ") + kIntent;
  EXPECT_EQ(director_.asked(),
            Asked{head + R"( override { target: "endpoint/web/192.0.2.1" drain: true })"});
}

TEST_F(ChangeVerbs, DrainRefusesTargetsThatCannotBeDrained) {
  const Outcome outcome = RunOn(director_, {"drain", "record/www.example.com"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err,
            "waypostctl: \"record/www.example.com\" is not a target; write one of region, pool, "
            "endpoint, and its name\n");
  EXPECT_EQ(RunOn(director_, {"drain", "endpoint/192.0.2.1"}).err,
            "waypostctl: \"endpoint/192.0.2.1\" lacks the name; write endpoint/POOL/ADDRESS\n");
  EXPECT_EQ(RunOn(director_, {"drain", "region"}).code, 2);
  EXPECT_EQ(director_.asked(), Asked{});
}

TEST_F(ChangeVerbs, DurationsNeedAUnitAndMustBeAboveZero) {
  EXPECT_EQ(RunOn(director_, {"drain", "region/eu", "--for", "90"}).code, 2);
  EXPECT_EQ(RunOn(director_, {"drain", "region/eu", "--for", "0s"}).code, 2);
  EXPECT_EQ(RunOn(director_, {"drain", "region/eu", "--for", "4000d"}).code, 2);
  EXPECT_EQ(director_.asked(), Asked{});
}

TEST_F(ChangeVerbs, UndrainClearsTheOverride) {
  RunOn(director_, {"undrain", "region", "eu"});
  EXPECT_EQ(director_.asked(),
            Asked{std::string("ClearOverride ") + kIntent + R"( target: "region/eu")"});
}

TEST_F(ChangeVerbs, ForceHoldsUpOrDownOrLetsGo) {
  RunOn(director_, {"force", "up", "pool/web"});
  RunOn(director_, {"force", "DOWN", "pool", "web"});
  RunOn(director_, {"force", "auto", "pool/web"});
  const std::string override = std::string("SetOverride ") + kIntent + " override { target: ";
  EXPECT_EQ(director_.asked(),
            (Asked{override + R"("pool/web" force: FORCED_STATE_UP })",
                   override + R"("pool/web" force: FORCED_STATE_DOWN })",
                   std::string("ClearOverride ") + kIntent + R"( target: "pool/web")"}));
}

TEST_F(ChangeVerbs, FailoverPinsTheRecord) {
  RunOn(director_, {"failover", "www.example.com", "--to", "web-us", "--for", "1h"});
  EXPECT_EQ(director_.asked(),
            Asked{std::string("SetOverride ") + kIntent +
                  R"( override { target: "record/www.example.com" failover_to: "web-us" )"
                  R"(until { seconds: 1577840400 } })"});
}

TEST_F(ChangeVerbs, FailoverBackEndsThePinAndReleasesWaitingPools) {
  director_.Reply("ClearOverride", Applied());
  director_.Reply("Failback", Text<v1::FailbackReply>(R"(released: "web-eu")"));
  const Outcome outcome = RunOn(director_, {"failover", "www.example.com", "--back"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "record/www.example.com: the failover by hand has ended, web-eu may take traffic "
            "again\n");
  EXPECT_EQ(director_.asked(),
            (Asked{std::string("ClearOverride ") + kIntent + R"( target: "record/www.example.com")",
                   std::string("Failback ") + kIntent + R"( record: "www.example.com")"}));
}

TEST_F(ChangeVerbs, FailoverBackWorksWithoutAPin) {
  constexpr int kNotFound = 5;  // grpc::StatusCode::NOT_FOUND
  director_.Refuse("ClearOverride", kNotFound, "no override");
  const Outcome outcome = RunOn(director_, {"failover", "www.example.com", "--back"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "record/www.example.com: nothing was held back\n");
}

TEST_F(ChangeVerbs, FailoverNeedsADirection) {
  const Outcome outcome = RunOn(director_, {"failover", "www.example.com"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, "waypostctl: failover: write --to POOL or --back\n");
  EXPECT_EQ(RunOn(director_, {"failover", "www.example.com", "--to", "x", "--back"}).code, 2);
}

TEST_F(ChangeVerbs, LatencyImportSendsAllRows) {
  director_.Reply("ImportLatency", Text<v1::ImportLatencyReply>("rows: 2"));
  const std::string file = WriteFile(director_.folder(), "rtt.csv",
                                     "client,region,rtt_ms\n192.0.2.0/24,eu,12.5\nFR,eu,9\n");
  const Outcome outcome = RunOn(director_, {"latency", "import", file, "--replace"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "2 rows are the whole table now\n");
  EXPECT_EQ(director_.asked(), Asked{std::string("ImportLatency ") + kIntent +
                                     R"( rows { client: "prefix:192.0.2.0/24" region: "eu" )"
                                     R"(rtt_ms: 12.5 } rows { client: "country:FR" region: "eu" )"
                                     R"(rtt_ms: 9 } replace: true)"});
}

TEST_F(ChangeVerbs, LatencyImportPrintsAllErrorsWithTheirLinesAndSendsNothing) {
  const std::string file = WriteFile(director_.folder(), "rtt.csv",
                                     "client,region,rtt_ms\nnonsense,eu,1\nFR,eu,-1\nDE,eu,5\n");
  const Outcome outcome = RunOn(director_, {"latency", "import", file});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find(file + ":2: "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find(file + ":3: "), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find(file + ":4: "), std::string::npos) << outcome.err;
  EXPECT_EQ(RunOn(director_, {"latency", "import", "/nonexistent.csv"}).code, 1);
  EXPECT_EQ(director_.asked(), Asked{});
}

TEST_F(ChangeVerbs, PrintTheReplyAsJsonOrYaml) {
  director_.Reply("SetWeight", Text<v1::ApplyReply>("revision: 8 published: true"));
  const Outcome json = RunOn(director_, {"weight", "set", "web", "3", "-o", "json"});
  EXPECT_NE(json.out.find("\"revision\""), std::string::npos) << json.out;
  const Outcome yaml = RunOn(director_, {"weight", "set", "web", "3", "-o", "yaml"});
  EXPECT_EQ(yaml.out, "revision: 8\npublished: true\n");
}

}  // namespace
}  // namespace waypost::ctl
