#include "dnsd/config/placing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"

namespace waypost::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ResourceSet SetOf(const std::string& text) { return Collect(ParseDocuments(text, "")).resources; }

/// Everything in its place, as ORIGIN: OWNER..., and what has none.
std::vector<std::string> Placed(const std::string& text) {
  const ResourceSet resources = SetOf(text);
  Problems problems;
  std::vector<std::string> lines;
  for (const auto& [origin, laid] :
       Place(ScopeOf({}, resources).placed, {resources, resources}, problems)) {
    std::string line = origin + ":";
    for (const auto& rrset : laid.rrsets) line += " " + rrset->rrset().type();
    lines.push_back(line);
  }
  for (const Problem& problem : problems) lines.push_back(problem.ToString());
  return lines;
}

TEST(Place, WantsEveryRecordInAZone) {
  EXPECT_THAT(Placed("kind: Zone\norigin: Example.com\ntext: x\n---\n"
                     "kind: Record\nname: a.example.COM\n---\nkind: Record\nname: example.com\n"
                     "---\nkind: Record\nname: badexample.com\n"),
              ElementsAre("record \"badexample.com\": name: lies in none of the zones"));
  EXPECT_THAT(Placed("kind: Zone\norigin: .\ntext: x\n---\nkind: Record\nname: a\n"), IsEmpty());
}

TEST(Place, TheLongestOriginWins) {
  EXPECT_THAT(Placed("kind: Zone\norigin: example\ntext: x\n---\n"
                     "kind: Zone\norigin: sub.example\ntext: x\n---\n"
                     "{kind: Rrset, name: www.example, type: A}\n---\n"
                     "{kind: Rrset, name: www.sub.example, type: AAAA}\n---\n"
                     "{kind: Rrset, name: www.example.net, type: A}\n"),
              ElementsAre("example: A", "sub.example: AAAA",
                          "rrset \"www.example.net/A\": name: lies in none of the zones"));
}

TEST(Place, TargetsOfServicesBelongToZonesToo) {
  const ResourceSet resources = SetOf("kind: Zone\norigin: example\ntext: x\n");
  LaidByZone zones;
  Problems problems;
  const auto owner = [](const char* name) {
    return zone::SteeredOwner{*wire::Name::Parse(name), {}};
  };
  PlaceOwners({owner("a.example"), owner("a.test")}, {resources, resources}, zones, problems);
  ASSERT_EQ(zones.size(), 1U);
  EXPECT_EQ(zones["example"].owners.at(0).owner, *wire::Name::Parse("a.example"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].ToString(),
            "target \"a.test\": lies in none of the zones, and a service names it");
}

/// Kinds and zones that a change from one to the other reaches.
std::vector<std::string> Reached(const std::string& before, const std::string& after) {
  const Scope scope = ScopeOf(SetOf(before), SetOf(after));
  return {scope.zones.begin(), scope.zones.end()};
}

const std::string kZone = "{kind: Zone, origin: example, text: x}\n---\n";
const std::string kSub = "{kind: Zone, origin: a.b.example, text: x}\n---\n";
const std::string kPool = "{kind: Pool, name: p}\n---\n";
const std::string kRecord = "{kind: Record, name: www.a.b.example}\n---\n";

TEST(Scope, OfWhatIsSharedIsNothing) {
  const ResourceSet set = SetOf(kZone + kPool);
  const Scope scope = ScopeOf(set, set);
  EXPECT_TRUE(scope.IsOnly({}));
  EXPECT_THAT(scope.zones, IsEmpty());
}

TEST(Scope, AZoneThatComesOrGoesConcernsTheZoneAroundIt) {
  EXPECT_THAT(Reached(kZone + kSub, kZone), ElementsAre("a.b.example", "example"));
  EXPECT_THAT(Reached(kZone, kSub), ElementsAre("a.b.example", "example"));
}

TEST(Scope, ARecordConcernsTheZonesThatItIsAndWasIn) {
  EXPECT_THAT(Reached(kZone + kRecord, kZone), ElementsAre("example"));
  const ResourceSet zones = SetOf(kZone + kSub + kPool);
  ResourceSet with_record = zones;
  with_record["record/www.a.b.example"] = SetOf(kRecord).at("record/www.a.b.example");
  const Scope scope = ScopeOf(zones, with_record);
  EXPECT_THAT(scope.zones, ElementsAre("a.b.example"));
  EXPECT_THAT(scope.kinds, ElementsAre("record"));
  EXPECT_THAT(scope.placed, ElementsAre("record/www.a.b.example"));
}

}  // namespace
}  // namespace waypost::config
