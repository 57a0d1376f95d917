#include "dnsd/config/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"

namespace waypost::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kKey = "kind: Key\nname: Inside\nsecret_file: /inside\n---\n";

std::vector<std::string> ViewErrors(const std::string& text) {
  const Collected collected = Collect(ParseDocuments(text, ""));
  Problems problems = collected.problems;
  CheckViews(collected.resources, ScopeOf({}, collected.resources), problems);
  std::vector<std::string> errors;
  for (const Problem& problem : problems) {
    if (!problem.is_warning) errors.push_back(problem.ToString());
  }
  return errors;
}

std::string View(const std::string& name, const std::string& match) {
  return "---\nkind: View\nname: " + name + "\nmatch: [" + match + "]\n";
}

TEST(Views, AreMadeOfRules) {
  EXPECT_THAT(
      ViewErrors(kKey + View("a", "{networks: [10.0.0.0/8, \"2001:db8::/32\"]}, {key: INSIDE}") +
                 View("b", "{addresses: [192.0.2.1]}, {key: inside, networks: [10.0.0.1]}")),
      IsEmpty());
}

TEST(Views, WantARuleThatNamesSomebody) {
  EXPECT_THAT(ViewErrors("kind: View\nname: a\n"),
              ElementsAre("view \"a\": match: missing: nobody has the view"));
  EXPECT_THAT(ViewErrors(View("a", "{}")),
              ElementsAre("view \"a\": match[0]: names nobody: give networks, key, addresses or "
                          "several of them"));
}

TEST(Views, SayWhatCannotBeRead) {
  EXPECT_THAT(
      ViewErrors(View("a", "{networks: [10.0.0.1/8], addresses: [\"127.0.0.1:53\"]}")),
      ElementsAre("view \"a\": match[0].networks[0]: \"10.0.0.1/8\" is no address or prefix",
                  "view \"a\": match[0].addresses[0]: \"127.0.0.1:53\" is no address"));
  EXPECT_THAT(ViewErrors(kKey + View("a", "{key: insid}")),
              ElementsAre("view \"a\": match[0].key: there is no key \"insid\" (did you mean "
                          "\"inside\"?)"));
}

TEST(Views, CannotHaveTheNameThatStandsForNone) {
  EXPECT_THAT(ViewErrors(View("default", "{networks: [10.0.0.0/8]}")),
              ElementsAre("view \"default\": name: \"default\" stands for the clients of no view"));
}

TEST(Views, OverlapWhereNothingIsMoreSpecific) {
  EXPECT_THAT(ViewErrors(View("a", "{networks: [10.0.0.0/8, 192.0.2.0/24]}") +
                         View("b", "{networks: [192.0.2.0/24]}")),
              ElementsAre("view \"b\": match: overlaps with view \"a\": both have clients with "
                          "network 192.0.2.0/24"));
  EXPECT_THAT(
      ViewErrors(kKey + View("a", "{key: inside, addresses: [192.0.2.1], networks: [\"::/0\"]}") +
                 View("b", "{key: INSIDE., addresses: [192.0.2.1], networks: [\"0:0::0/0\"]}")),
      ElementsAre("view \"b\": match: overlaps with view \"a\": both have clients with key "
                  "\"inside\", address 192.0.2.1, network ::/0"));
}

TEST(Views, DoNotOverlapWhereOneIsMoreSpecific) {
  EXPECT_THAT(ViewErrors(kKey + View("a", "{networks: [10.0.0.0/8]}") +
                         View("b", "{networks: [10.0.0.0/9]}") +
                         View("c", "{networks: [10.0.0.0/8], addresses: [192.0.2.1]}") +
                         View("d", "{networks: [10.0.0.0/8], key: inside}")),
              IsEmpty());
}

TEST(Views, MayRepeatThemselves) {
  EXPECT_THAT(ViewErrors(View("a", "{networks: [10.0.0.0/8]}, {networks: [10.0.0.0/8]}")),
              IsEmpty());
}

TEST(Views, MustBeThereForWhatBelongsToThem) {
  EXPECT_THAT(ViewErrors(View("inside", "{networks: [10.0.0.0/8]}") +
                         "---\nkind: Zone\norigin: example.com\nview: insid\n"
                         "---\nkind: Record\nname: www.example.com\nview: other\n"
                         "---\nkind: Rrset\nname: www.example.com\ntype: A\nview: other\n"),
              ElementsAre("record \"www.example.com@other\": view: there is no view \"other\"",
                          "rrset \"www.example.com/A@other\": view: there is no view \"other\"",
                          "zone \"example.com@insid\": view: there is no view \"insid\" (did you "
                          "mean \"inside\"?)"));
}

/// For the clients of a view, among zones of all and of the view "inside".
std::string Seen(const std::string& name, const std::string& view, bool own_only = false) {
  std::string text = View("inside", "{networks: [10.0.0.0/8]}") +
                     (own_only ? "own_zones_only: true\n" : "") +
                     View("other", "{networks: [11.0.0.0/8]}");
  for (const char* origin : {"example.com", "deep.example.com"}) {
    text += std::string("---\nkind: Zone\norigin: ") + origin + "\n";
  }
  for (const char* origin : {"example.com", "corp"}) {
    text += std::string("---\nkind: Zone\nview: inside\norigin: ") + origin + "\n";
  }
  const Collected collected = Collect(ParseDocuments(text, ""));
  return ZoneOf(*wire::Name::Parse(name), view, CatalogOf(collected.resources));
}

TEST(SeenZones, AreTheNearestOfTheViewOrOfAll) {
  EXPECT_EQ(Seen("www.Example.com", ""), "example.com");
  EXPECT_EQ(Seen("www.Example.com", "inside"), "example.com@inside");
  EXPECT_EQ(Seen("www.example.com", "other"), "example.com");
  EXPECT_EQ(Seen("www.deep.example.com", "inside"), "deep.example.com");
  EXPECT_EQ(Seen("hr.corp", "inside"), "corp@inside");
  EXPECT_EQ(Seen("hr.corp", ""), "");
}

TEST(SeenZones, AreTheViewsAloneWhereItSaysSo) {
  EXPECT_EQ(Seen("www.deep.example.com", "inside", true), "example.com@inside");
  EXPECT_EQ(Seen("deep.other.org", "inside", true), "");
}

}  // namespace
}  // namespace waypost::config
