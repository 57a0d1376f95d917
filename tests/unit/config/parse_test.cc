#include "dnsd/config/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/yaml_reader.h"

namespace waypost::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Texts(const Problems& problems) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) texts.push_back(problem.ToString());
  return texts;
}

std::vector<std::string> ProblemsOf(const std::string& text) {
  return Texts(ParseDocuments(text, "f.yaml").problems);
}

/// The only resource of a text that has no problem.
v1::Resource Only(const std::string& text) {
  const Parsed parsed = ParseDocuments(text, "f.yaml");
  EXPECT_THAT(Texts(parsed.problems), IsEmpty()) << text;
  EXPECT_EQ(parsed.resources.size(), 1U);
  return parsed.resources.empty() ? v1::Resource() : parsed.resources[0].resource;
}

TEST(Parse, ReadsEveryKindOfField) {
  const auto pool = Only(R"(
kind: Pool
name: web-eu
region: eu-west
endpoints:
  - {address: 192.0.2.10, weight: 0}
  - address: "2001:db8::1"
)")
                        .pool();
  EXPECT_EQ(pool.name(), "web-eu");
  ASSERT_EQ(pool.endpoints_size(), 2);
  EXPECT_TRUE(pool.endpoints(0).has_weight());
  EXPECT_EQ(pool.endpoints(0).weight(), 0U);
  EXPECT_FALSE(pool.endpoints(1).has_weight());
  EXPECT_EQ(pool.endpoints(1).address(), "2001:db8::1");

  const auto region = Only(R"(
kind: Region
name: eu-west
location: {latitude: 53.35, longitude: -6.26, country: NO}
labels: {jurisdiction: gdpr, "true": yes}
capacity: 4e4
)")
                          .region();
  EXPECT_EQ(region.location().longitude(), -6.26);
  EXPECT_EQ(region.location().country(), "NO");
  EXPECT_EQ(region.labels().at("true"), "yes");
  EXPECT_EQ(region.capacity(), 40000);
}

TEST(Parse, ReadsMonitorsAsTheDesignWritesThem) {
  const auto monitor = Only(R"(
kind: Monitor
name: web
https: {port: 443, path: /healthz, host: www.example.com, expect: {status: [200-299, 404], body: ok}}
interval: 500ms
staleness: 1d
quorum: majority
)")
                           .monitor();
  EXPECT_THAT(monitor.https().expect().status(), ElementsAre("200-299", "404"));
  EXPECT_EQ(monitor.interval().nanos(), 500'000'000);
  EXPECT_EQ(monitor.staleness().seconds(), 86400);
  EXPECT_EQ(monitor.quorum(), v1::QUORUM_MAJORITY);
}

TEST(Parse, ReadsStepsWithAndWithoutSettings) {
  const auto policy = Only(R"(
kind: Policy
name: web
steps:
  - residency: {label: jurisdiction, prefer: true}
  - weighted
  - hash: {seed: 18446744073709551615}
  - round_robin:
  - policy: other
  - geoproximity: {bias: {eu-west: -20}}
on_all_down: last_resort
ecs: false
)")
                          .policy();
  ASSERT_EQ(policy.steps_size(), 6);
  EXPECT_TRUE(policy.steps(0).residency().prefer());
  EXPECT_TRUE(policy.steps(1).has_weighted());
  EXPECT_EQ(policy.steps(2).hash().seed(), ~uint64_t{0});
  EXPECT_TRUE(policy.steps(3).has_round_robin());
  EXPECT_EQ(policy.steps(4).policy(), "other");
  EXPECT_EQ(policy.steps(5).geoproximity().bias().at("eu-west"), -20);
  EXPECT_EQ(policy.on_all_down(), v1::ON_ALL_DOWN_LAST_RESORT);
  EXPECT_TRUE(policy.has_ecs());
}

TEST(Parse, TakesOneWordForAListOfOne) {
  const auto record = Only("kind: Record\nname: a.example\ntypes: A\npools: p\n").record();
  EXPECT_THAT(record.types(), ElementsAre(v1::RECORD_TYPE_A));
  EXPECT_THAT(record.pools(), ElementsAre("p"));
}

TEST(Parse, ReadsOverridesWithTimes) {
  const auto drain =
      Only("kind: Override\ntarget: region/eu\ndrain: true\nuntil: 2026-05-01T12:00:00Z\n")
          .override();
  EXPECT_TRUE(drain.drain());
  EXPECT_EQ(drain.until().seconds(), 1777636800);
  EXPECT_EQ(Only("kind: Override\ntarget: pool/p\nforce: down\n").override().force(),
            v1::FORCED_STATE_DOWN);
}

TEST(Parse, ReadsJsonOfOneObjectAndOfMany) {
  const std::string pool =
      "{\"kind\":\"Pool\",\n\t\"name\":\"p\\/1\",\"weight\":7,\"endpoints\":"
      "[{\"address\":\"2001:db8::\"}]}";
  EXPECT_EQ(Only(pool).pool().name(), "p/1");
  EXPECT_EQ(Only(pool).pool().weight(), 7U);
  EXPECT_EQ(Only("\n[" + pool + "]").pool().endpoints(0).address(), "2001:db8::");
  EXPECT_EQ(ParseDocuments("[" + pool + ", " + pool + "]", "f.json").resources.size(), 2U);
}

TEST(Parse, ReadsJsonEscapesAboveTheBasicPlane) {
  const auto drain = Only(
      R"({"kind": "Override", "target": "pool/p", "drain": true, "reason": "\ud83d\ude00 \\ud83d"})");
  EXPECT_EQ(drain.override().reason(), "\xF0\x9F\x98\x80 \\ud83d");
}

TEST(Parse, KeepsBlocksOfText) {
  const auto zone =
      Only("kind: Zone\norigin: example.com\ntext: |\n  a\n  \tb [ {\n\n  c\n").zone();
  EXPECT_EQ(zone.text(), "a\n\tb [ {\n\nc\n");
}

TEST(Parse, ReportsEveryErrorWithLineObjectAndField) {
  EXPECT_THAT(
      ProblemsOf(R"(kind: Pool
name: web
endpoint: []
endpoints:
  - {address: 192.0.2.1, weight: -3}
  - {adress: 192.0.2.1}
---
kind: Monitor
name: m
interval: 5
http: {port: 80}
tcp: {port: 80}
name: n
timeout:
rise: [1]
---
kind: Policy
steps:
  - failover: {failback: never}
  - wieghted
  - policy
  - {hash: {}, weighted: {}}
)"),
      ElementsAre(
          "f.yaml:3: pool \"web\": has no field \"endpoint\" (did you mean \"endpoints\"?)",
          "f.yaml:5: pool \"web\": endpoints[0].weight: \"-3\" is not a whole number from 0 "
          "to 4294967295",
          "f.yaml:6: pool \"web\": endpoints[1]: has no field \"adress\" (did you mean "
          "\"address\"?)",
          "f.yaml:10: monitor \"m\": interval: \"5\" has no unit; write 5s, 5ms or 5m",
          "f.yaml:12: monitor \"m\": tcp: cannot stand beside \"http\", only one may",
          "f.yaml:13: monitor \"m\": field \"name\" is given twice",
          "f.yaml:14: monitor \"m\": timeout: has no value",
          "f.yaml:15: monitor \"m\": rise: is a list, want one value",
          "f.yaml:19: policy \"\": steps[0].failover.failback: \"never\" is none of "
          "automatic, delayed, manual",
          "f.yaml:20: policy \"\": steps[1]: there is no \"wieghted\" (did you mean "
          "\"weighted\"?)",
          "f.yaml:21: policy \"\": steps[2]: \"policy\" needs a value",
          "f.yaml:22: policy \"\": steps[3].weighted: cannot stand beside \"hash\", only "
          "one may"));
}

TEST(Parse, ReportsWhatIsNoResource) {
  EXPECT_THAT(ProblemsOf("kind: Pol\n"),
              ElementsAre("f.yaml:1: \"Pol\" is no kind of resource (did you mean \"Pool\"?)"));
  EXPECT_THAT(ProblemsOf("a: b\n"),
              ElementsAre(HasSubstr("has no kind; the first line of a resource is such as")));
  EXPECT_THAT(ProblemsOf("just text"), ElementsAre(HasSubstr("is no resource")));
  EXPECT_THAT(ProblemsOf("- 1\n- kind: Pool\n"),
              ElementsAre(HasSubstr("f.yaml:1: is no resource")));
  EXPECT_THAT(ProblemsOf("kind: [Pool]\n"), ElementsAre(HasSubstr("is no kind")));
}

TEST(Parse, AcceptsEmptyTextAndEmptyDocuments) {
  for (const char* text :
       {"", "\n\n", "# nothing\n", "---\n---\n", "--- ~\n...\n", "%YAML 1.2\n---\n"}) {
    EXPECT_THAT(ProblemsOf(text), IsEmpty()) << text;
    EXPECT_TRUE(ParseDocuments(text, "f.yaml").resources.empty()) << text;
  }
}

TEST(Parse, GoesOnBehindADocumentThatIsNotYaml) {
  const Parsed parsed = ParseDocuments(
      "kind: Pool\nname: a\n---\nkind: Pool\n  name: [b\n---\nkind: Pool\nname: c\nx: 1\n",
      "f.yaml");
  ASSERT_EQ(parsed.resources.size(), 2U);
  EXPECT_EQ(parsed.resources[1].resource.pool().name(), "c");
  EXPECT_EQ(parsed.resources[1].source.line, 7U);
  EXPECT_THAT(Texts(parsed.problems), ElementsAre(HasSubstr("f.yaml:5: not YAML: "),
                                                  "f.yaml:9: pool \"c\": has no field \"x\""));
}

TEST(Parse, RefusesStrayMarksBehindADocument) {
  for (const char* text : {"--- {a: b}, {c: d}\n", "kind: Pool\n}\n", "]", "- a\nb: c\n", ", a"}) {
    EXPECT_EQ(ProblemsOf(text).size(), 1U) << text;
  }
}

TEST(Parse, KnowsTheEndsOfDocuments) {
  const Parsed parsed = ParseDocuments("kind: Pool\n...\nkind: Region\n...\n", "f.yaml");
  EXPECT_THAT(Texts(parsed.problems), IsEmpty());
  ASSERT_EQ(parsed.resources.size(), 2U);
  EXPECT_EQ(parsed.resources[1].source.line, 3U);
}

TEST(Parse, StopsWhenNobodyWouldReadOn) {
  std::string documents;
  std::string items;
  std::string fields = "kind: Pool\n";
  std::string faults;
  for (int i = 0; i < 2000; ++i) {
    documents += "---\na\n";
    items += "- a\n";
    fields += "x" + std::to_string(i) + ": 1\n";
    faults += "---\n]\n";
  }
  for (const std::string& text : {documents, items, fields, faults}) {
    const auto problems = ProblemsOf(text);
    ASSERT_EQ(problems.size(), 1001U) << text.substr(0, 20);
    EXPECT_THAT(problems.back(), HasSubstr("has too many problems, others are not shown"));
  }
}

TEST(Parse, HintsAtQuotes) {
  EXPECT_THAT(
      ProblemsOf("kind: Monitor\nhttp: {path: /a?b}\n"),
      ElementsAre("f.yaml:2: not YAML: unknown token; text with ? : [ ] { } or # needs quotes"));
}

TEST(Parse, RemembersTheLinesOfFields) {
  const Parsed parsed = ParseDocuments(
      "# a comment\nkind: Policy\nname: web\nsteps:\n  - latency:\n      tolerance: 10ms\n"
      "  - weighted: {sticky: true}\n",
      "f.yaml");
  const Source& source = parsed.resources.at(0).source;
  EXPECT_EQ(source.line, 2U);
  EXPECT_EQ(source.field_lines.at("steps"), 4U);
  EXPECT_EQ(source.field_lines.at("steps[0].latency.tolerance"), 6U);
  EXPECT_EQ(source.field_lines.at("steps[1].weighted.sticky"), 7U);
}

TEST(Parse, ExpandsAliasesWithinBounds) {
  EXPECT_EQ(Only("kind: Pool\nname: &n web\nregion: *n\n").pool().region(), "web");
  EXPECT_THAT(ProblemsOf("kind: Pool\nname: &n [*n]\n"), ElementsAre(HasSubstr("f.yaml:2: alias")));
  EXPECT_THAT(ProblemsOf("kind: Pool\nname: *unknown\n"),
              ElementsAre(HasSubstr("f.yaml:2: not YAML")));
  std::string laughs = "a: &a [x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    laughs += std::string{c} + ": &" + c + " [";
    for (int i = 0; i < 8; ++i) laughs += std::string("*") + static_cast<char>(c - 1) + ",";
    laughs += "]\n";
  }
  EXPECT_THAT(ProblemsOf(laughs), ElementsAre(HasSubstr("more than the size of the text")));
}

TEST(Parse, RefusesDeepNestingInEveryStyle) {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  std::string stairs;
  for (int i = 0; i < 2000; ++i) stairs += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  for (const std::string& text :
       {repeated("[", 100000), repeated("{", 100000), repeated("- ", 100000),
        repeated("{a: ", 100000), "--- " + repeated("[", 100000), "a: !t " + repeated("[", 100000),
        stairs, repeated("[", 65) + repeated("]", 65)}) {
    const auto problems = ProblemsOf(text);
    ASSERT_EQ(problems.size(), 1U) << text.substr(0, 20);
    EXPECT_THAT(problems[0], HasSubstr("nested deeper than 64")) << text.substr(0, 20);
  }
}

TEST(Parse, RefusesTagsMergesAndKeysThatAreNoText) {
  for (const char* text : {"kind: !!binary Pool\n", "<<: {kind: Pool}\n", "[a]: b\n", "{a: b}: c\n",
                           "? \n: c\n", "~: b\n", "? ? ? a\n"}) {
    EXPECT_EQ(ProblemsOf(text).size(), 1U) << text;
  }
}

TEST(Parse, RefusesWhatIsNotText) {
  EXPECT_THAT(ProblemsOf("a: b\nc: \xFF\n"), ElementsAre("f.yaml:2: octet 0xFF is not UTF-8 text"));
  EXPECT_THAT(ProblemsOf(std::string("a: \0b", 5)),
              ElementsAre("f.yaml:1: control character 0x00 is not text"));
  EXPECT_THAT(ProblemsOf("kind: Pool\x04\n"), ElementsAre(HasSubstr("control character 0x04")));
  EXPECT_THAT(ProblemsOf("kind: Pool\nname: \"a\\N\"\n"),
              ElementsAre(HasSubstr("f.yaml:2: the escapes")));
  EXPECT_EQ(Only("{kind: Pool, name: \"\\u0085\\u00a0\"}").pool().name(), "\xC2\x85\xC2\xA0");
  EXPECT_EQ(ParseDocuments(std::string(kMaxDocumentBytes + 1, '\n'), "f").problems.size(), 1U);
}

TEST(Collect, ReportsDoublesUnderAnySpelling) {
  const Collected collected = Collect(ParseDocuments(
      "kind: Record\nname: WWW.example.com.\n---\nkind: Record\nname: www.example.COM\n",
      "f.yaml"));
  EXPECT_TRUE(collected.resources.contains("record/www.example.com"));
  EXPECT_THAT(Texts(collected.problems),
              ElementsAre("f.yaml:4: record \"www.example.com\": is declared twice, first in "
                          "f.yaml:1"));
}

}  // namespace
}  // namespace waypost::config
