// The lookup algorithm case by case (RFC 1034 section 4.3.2, RFC 4592, RFC 6672).
#include <gmock/gmock.h>

#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

void ExpectFound(const Zone& zone, std::string_view name, Match match, std::string_view owner) {
  const Found found = Ask(zone, name);
  EXPECT_EQ(found.match, match) << name;
  EXPECT_EQ(OwnerOf(found), owner) << name;
}

TEST(Lookup, FindsNamesInAnyCaseOfTheFile) {
  const auto zone = Sound("WwW A 192.0.2.1\n");
  ExpectFound(*zone, "www.example", Match::kExact, "WwW.example");
}

TEST(Lookup, ApexIsNoCut) {
  const auto zone = Sound("");
  ExpectFound(*zone, "example", Match::kExact, "example");
  EXPECT_EQ(&zone->apex(), Ask(*zone, "example").node);
  EXPECT_FALSE(zone->apex().is_cut());
}

TEST(Lookup, AbsentNameIsNone) {
  ExpectFound(*Sound(""), "nope.example", Match::kNone, "");
  ExpectFound(*Sound("www A 192.0.2.1\n"), "a.www.example", Match::kNone, "");
}

TEST(Lookup, EmptyNonTerminalExists) {
  const auto zone = Sound("a.b.c A 192.0.2.1\n");
  ExpectFound(*zone, "b.c.example", Match::kExact, "b.c.example");
  EXPECT_TRUE(Ask(*zone, "c.example").node->is_empty());
  EXPECT_FALSE(Ask(*zone, "a.b.c.example").node->is_empty());
}

TEST(Lookup, NamesAtAndBelowACutAreDelegated) {
  const auto zone = Sound("sub NS ns.sub\nns.sub A 192.0.2.1\nsub DS 1 8 2 00\n");
  for (const char* name : {"sub.example", "ns.sub.example", "x.y.sub.example"}) {
    ExpectFound(*zone, name, Match::kDelegated, "sub.example");
  }
}

TEST(Lookup, TopmostOfTwoCutsWins) {
  const auto zone = Load("sub NS ns1\ndeep.sub NS ns1\nx.deep.sub A 192.0.2.1\n").zone;
  ExpectFound(*zone, "x.deep.sub.example", Match::kDelegated, "sub.example");
  ExpectFound(*zone, "deep.sub.example", Match::kDelegated, "sub.example");
}

TEST(Lookup, EmptyNonTerminalAboveACutIsNotDelegated) {
  const auto zone = Sound("sub.ent NS ns1\n");
  ExpectFound(*zone, "ent.example", Match::kExact, "ent.example");
  ExpectFound(*zone, "other.ent.example", Match::kNone, "");
}

TEST(Lookup, GlueIsFoundOnlyExactly) {
  const auto zone = Sound("sub NS ns.sub\nns.sub A 192.0.2.1\n* TXT wild\n");
  const std::string glue = Wire("ns.sub.example");
  const std::string wild = Wire("x.example");
  ASSERT_NE(zone->FindExact(AsView(glue)), nullptr);
  EXPECT_NE(zone->FindExact(AsView(glue))->Find(kA), nullptr);
  EXPECT_EQ(zone->FindExact(AsView(wild)), nullptr);
}

TEST(Lookup, WildcardAnswersForAbsentNamesOnly) {
  const auto zone = Sound("* TXT wild\nwww A 192.0.2.1\na.ent A 192.0.2.1\nsub NS ns1\n");
  ExpectFound(*zone, "x.example", Match::kWildcard, "*.example");
  ExpectFound(*zone, "x.y.z.example", Match::kWildcard, "*.example");
  ExpectFound(*zone, "www.example", Match::kExact, "www.example");
  // RFC 4592 section 2.2.1: the closest encloser decides, not the next wildcard above it.
  ExpectFound(*zone, "x.www.example", Match::kNone, "");
  ExpectFound(*zone, "ent.example", Match::kExact, "ent.example");
  ExpectFound(*zone, "x.ent.example", Match::kNone, "");
  ExpectFound(*zone, "x.sub.example", Match::kDelegated, "sub.example");
}

TEST(Lookup, WildcardItselfIsAnExactName) {
  const auto zone = Sound("* TXT wild\n");
  ExpectFound(*zone, "*.example", Match::kExact, "*.example");
  // RFC 4592 section 2.2.1: below the wildcard itself nothing is made up.
  ExpectFound(*zone, "x.*.example", Match::kNone, "");
}

TEST(Lookup, WildcardMayBeAnEmptyNonTerminal) {
  const auto zone = Sound("a.* A 192.0.2.1\n");
  ExpectFound(*zone, "x.example", Match::kWildcard, "*.example");
  EXPECT_TRUE(Ask(*zone, "x.example").node->is_empty());
}

TEST(Lookup, DnameCoversWhatIsBelowItButNotItself) {
  const auto zone = Sound("d DNAME other.test.\nd TXT x\n");
  ExpectFound(*zone, "d.example", Match::kExact, "d.example");
  ExpectFound(*zone, "x.y.d.example", Match::kDname, "d.example");
}

TEST(Lookup, WhatTheOccluderNearestToTheApexCoversItDecides) {
  const BuiltZone built = Load(
      "d DNAME other.test.\nc.d NS ns1\nx.c.d A 192.0.2.1\nc NS ns1\nd.c DNAME other.test.\n"
      "x.d.c A 192.0.2.1\n*.w NS ns1\nx.*.w A 192.0.2.1\n");
  ASSERT_NE(built.zone, nullptr);
  for (const char* name : {"c.d.example", "x.c.d.example", "y.x.c.d.example"}) {
    ExpectFound(*built.zone, name, Match::kDname, "d.example");
  }
  for (const char* name : {"d.c.example", "x.d.c.example", "y.d.c.example"}) {
    ExpectFound(*built.zone, name, Match::kDelegated, "c.example");
  }
  ExpectFound(*built.zone, "x.*.w.example", Match::kDelegated, "*.w.example");
  ExpectFound(*built.zone, "x.w.example", Match::kWildcard, "*.w.example");
}

TEST(Lookup, DnameAtTheApexLeavesTheApexAlone) {
  const auto zone =
      LoadZoneText("$TTL 1\n@ SOA ns.test. a.test. 1 1 1 1 1\n@ NS ns.test.\n@ DNAME other.test.\n",
                   N("example"), "z");
  ASSERT_NE(zone.zone, nullptr);
  ExpectFound(*zone.zone, "example", Match::kExact, "example");
  ExpectFound(*zone.zone, "www.example", Match::kDname, "example");
}

TEST(Lookup, SteeredOwnerIsANode) {
  const auto zone =
      Sound("www TXT x\n", {{N("www.example"), kAddressTypes}, {N("*.lb.example"), {kA}}});
  EXPECT_EQ(Ask(*zone, "www.example").node->steered().slot, 0U);
  EXPECT_TRUE(Ask(*zone, "www.example").node->steered().types.Has(kAaaa));
  const Found wild = Ask(*zone, "x.lb.example");
  EXPECT_EQ(wild.match, Match::kWildcard);
  EXPECT_EQ(wild.node->steered().slot, 1U);
  EXPECT_FALSE(wild.node->is_empty());
  EXPECT_TRUE(Ask(*zone, "lb.example").node->is_empty());
}

TEST(Lookup, SteeredApexIsTheApex) {
  const auto zone = Sound("", {{N("EXAMPLE"), kAddressTypes}});
  EXPECT_TRUE(zone->apex().steered().types.Has(kA));
}

TEST(Lookup, RootZoneServesEveryName) {
  const auto built = LoadZoneText(
      "$TTL 1\n. SOA ns.test. a.test. 1 1 1 1 1\n. NS ns.test.\ntest. NS ns.test.\n"
      "ns.test. A 192.0.2.1\n",
      wire::Name(), "root");
  ASSERT_NE(built.zone, nullptr);
  ExpectFound(*built.zone, ".", Match::kExact, ".");
  ExpectFound(*built.zone, "a.b.test", Match::kDelegated, "test");
  ExpectFound(*built.zone, "nope", Match::kNone, "");
}

TEST(Lookup, LongestNamesAndMostLabelsAreFound) {
  std::string many;  // 127 labels, 255 octets
  for (int i = 0; i < 126; ++i) many += "a.";
  const std::string origin = "b";
  const std::string label(63, 'x');
  const std::string longest = label + "." + label + "." + label + "." + std::string(59, 'y');
  const auto built = LoadZoneText("$TTL 1\n@ SOA ns.test. a.test. 1 1 1 1 1\n@ NS ns.test.\n" +
                                      many + "b. A 192.0.2.1\n" + longest + " A 192.0.2.2\n",
                                  N(origin), "z");
  ASSERT_NE(built.zone, nullptr) << testing::PrintToString(Texts(built.problems));
  EXPECT_EQ(N(many + "b").wire().size(), 255U);
  EXPECT_EQ(N(longest + ".b").wire().size(), 255U);
  ExpectFound(*built.zone, many + "b", Match::kExact, many + "b");
  ExpectFound(*built.zone, longest + ".b", Match::kExact, longest + ".b");
  ExpectFound(*built.zone, many.substr(2) + "b", Match::kExact, many.substr(2) + "b");
  ExpectFound(*built.zone, "z." + many.substr(2) + "b", Match::kNone, "");
}

TEST(Lookup, BinaryAndEscapedLabelsAreOrdinary) {
  const auto zone = Sound("\\000\\255\\.\\\\\\@ A 192.0.2.1\n\\* A 192.0.2.2\n");
  ExpectFound(*zone, "\\000\\255\\.\\\\\\@.example", Match::kExact, "\\000\\255\\.\\\\\\@.example");
  // An escaped asterisk is the same octet, hence a wildcard (RFC 4592 section 2.1.1).
  ExpectFound(*zone, "x.example", Match::kWildcard, "*.example");
}

TEST(Lookup, NameOutsideOfTheZoneIsNone) {
  const auto zone = Sound("* TXT wild\n");
  ExpectFound(*zone, "other", Match::kNone, "");
  ExpectFound(*zone, ".", Match::kNone, "");
  ExpectFound(*zone, "www.other", Match::kNone, "");
}

}  // namespace
}  // namespace waypost::zone
