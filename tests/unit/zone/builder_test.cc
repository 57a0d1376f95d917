#include "dnsd/zone/builder.h"

#include <gmock/gmock.h>

#include "dnsd/zone/rdata_text.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The problems of the head with these records; with an error there must be no zone.
std::vector<std::string> ProblemsOf(const std::string& records,
                                    std::vector<SteeredOwner> steered = {}) {
  const BuiltZone built = Load(records, std::move(steered));
  bool has_errors = false;
  for (const Problem& problem : built.problems) has_errors = has_errors || !problem.is_warning;
  EXPECT_EQ(built.zone == nullptr, has_errors);
  return Texts(built.problems);
}

std::vector<std::string> ProblemsOfWhole(const std::string& text) {
  return Texts(LoadZoneText(text, N("example"), "z").problems);
}

const RrSet& SetOf(const Zone& zone, std::string_view name, uint16_t type) {
  return *zone.FindExact(AsView(Wire(name)))->Find(type);
}

TEST(Builder, CountsAndReadsTheSoa) {
  const auto zone = Sound("a.b A 192.0.2.1\na.b A 192.0.2.2\n");
  EXPECT_EQ(zone->serial(), 7U);
  EXPECT_EQ(zone->negative_ttl(), 60U);
  EXPECT_EQ(zone->name_count(), 4U);  // the apex, ns1, b, a.b
  EXPECT_EQ(zone->record_count(), 5U);
  EXPECT_EQ(zone->origin(), N("example"));
}

TEST(Builder, NegativeTtlIsNotAboveTheSoasOwn) {
  const auto built = LoadZoneText("@ 30 SOA a b 1 2 3 4 60\n@ 30 NS ns.test.\n", N("example"), "z");
  EXPECT_EQ(built.zone->negative_ttl(), 30U);
}

TEST(Builder, RecordsOfOneSetMayStandApart) {
  const auto zone = Sound("a A 192.0.2.1\nb A 192.0.2.9\na TXT x\nA A 192.0.2.2\n");
  const RrSet& set = SetOf(*zone, "a.example", kA);
  EXPECT_EQ(set.count, 2);
  EXPECT_EQ(AsText(set.rdata()), std::string_view("\0\4\xC0\0\2\1\0\4\xC0\0\2\2", 12));
}

TEST(Builder, SetsAreInTheOrderOfTheirTypes) {
  const auto zone = Sound("a TXT x\na AAAA ::1\na A 192.0.2.1\n");
  std::vector<uint16_t> types;
  for (const RrSet& set : Ask(*zone, "a.example").node->rrsets()) types.push_back(set.type);
  EXPECT_THAT(types, ElementsAre(kA, kTxt, kAaaa));
}

TEST(Builder, DuplicatesAreDroppedSilently) {
  const auto zone = Sound("a A 192.0.2.1\na A 192.0.2.2\na A 192.0.2.1\nm MX 1 ns1\nm MX 1 NS1\n");
  EXPECT_EQ(SetOf(*zone, "a.example", kA).count, 2);
  EXPECT_EQ(SetOf(*zone, "m.example", kMx).count, 1);
  EXPECT_EQ(zone->record_count(), 6U);
}

TEST(Builder, CaseMattersInTextAndPreferences) {
  // 65 and 97 differ as "A" and "a" do.
  const auto zone = Sound("a TXT x\na TXT X\nm MX 65 ns1\nm MX 97 ns1\n");
  EXPECT_EQ(SetOf(*zone, "a.example", kTxt).count, 2);
  EXPECT_EQ(SetOf(*zone, "m.example", kMx).count, 2);
}

TEST(Builder, SmallestTtlOfASetIsUsed) {
  const BuiltZone built = Load("a 5 A 192.0.2.1\na 3 A 192.0.2.2\na 4 A 192.0.2.3\n");
  EXPECT_EQ(SetOf(*built.zone, "a.example", kA).ttl, 3U);
  EXPECT_THAT(Texts(built.problems),
              ElementsAre(HasSubstr("z:6: a.example A: warning: TTL 3 differs")));
}

TEST(Builder, SignaturesAreOneSetOfTheirTypeWithTheirOwnTtls) {
  const std::string tail = " 8 2 300 20300101000000 20200101000000 1 example. AAEC\n";
  const auto zone = Sound("a 5 A 192.0.2.1\na 5 RRSIG A" + tail + "a 9 RRSIG NSEC" + tail);
  EXPECT_EQ(SetOf(*zone, "a.example", kRrsig).count, 2);
}

TEST(Builder, SetThatFitsIntoNoMessageIsAnError) {
  std::string texts;
  for (int i = 0; i < 300; ++i) {
    texts += "a TXT " + std::to_string(i) + std::string(240, 'x') + "\n";
  }
  EXPECT_THAT(ProblemsOf(texts),
              ElementsAre(HasSubstr("z:5: a.example TXT: 300 records do not fit")));
}

TEST(Builder, SetThatFitsOnlyIfItsNamesAreCompressedIsServed) {
  const auto names = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "a PTR host-" + std::to_string(i) + ".of.a.long.name.of.a.department\n";
    }
    return text;
  };
  EXPECT_EQ(SetOf(*Sound(names(2000)), "a.example", kPtr).count, 2000);
  EXPECT_THAT(ProblemsOf(names(4000)), ElementsAre(HasSubstr("4000 records do not fit")));
}

TEST(Builder, NamesInRdataKeepTheirCase) {
  const auto zone = Sound("a CNAME NS1\n");
  EXPECT_EQ(AsText(SetOf(*zone, "a.example", kCname).rdata()).substr(3, 3), "NS1");
}

TEST(Rules, ApexHasOneSoaAndNs) {
  EXPECT_THAT(
      ProblemsOfWhole("$TTL 1\na A 192.0.2.1\n"),
      ElementsAre("z: example: there is no SOA record", "z: example: there is no NS record"));
  EXPECT_THAT(ProblemsOfWhole(""), ElementsAre("z: example: there is no SOA record",
                                               "z: example: there is no NS record"));
  EXPECT_THAT(ProblemsOf("@ SOA a b 2 2 3 4 5\n"),
              ElementsAre("z:2: example SOA: there is more than one SOA record"));
  EXPECT_THAT(ProblemsOf("a SOA a b 2 2 3 4 5\n"),
              ElementsAre("z:5: a.example SOA: a SOA record is not at the apex"));
}

TEST(Rules, DataOutsideOfTheZoneIsAnError) {
  EXPECT_THAT(ProblemsOf("www.test. A 192.0.2.1\nxexample. A 192.0.2.1\n"),
              ElementsAre("z:5: www.test A: lies outside of the zone example",
                          "z:6: xexample A: lies outside of the zone example"));
}

TEST(Rules, CnameStandsAlone) {
  EXPECT_THAT(ProblemsOf("a CNAME ns1\na A 192.0.2.1\n"),
              ElementsAre("z:5: a.example CNAME: there is A beside the CNAME"));
  EXPECT_THAT(ProblemsOf("a CNAME ns1\na CNAME b\n"),
              ElementsAre("z:5: a.example CNAME: there is more than one CNAME record"));
  EXPECT_THAT(ProblemsOf("@ CNAME ns1\n"), Contains(HasSubstr("beside the CNAME")));
  EXPECT_THAT(ProblemsOf("a CNAME ns1\na NSEC b CNAME\na KEY 512 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3\n"
                         "a RRSIG CNAME 8 2 300 20300101000000 20200101000000 1 example. AAEC\n"),
              IsEmpty());
}

TEST(Rules, DnameIsOneAndIsHiddenByNs) {
  EXPECT_THAT(ProblemsOf("d DNAME x.\nd DNAME y.\n"),
              ElementsAre("z:5: d.example DNAME: there is more than one DNAME record"));
  EXPECT_THAT(ProblemsOf("d DNAME x.\nd NS ns1\n"),
              ElementsAre("z:5: d.example DNAME: warning: is never answered: it is behind a "
                          "delegation"));
}

TEST(Rules, DnameOccludesWhatIsBelow) {
  EXPECT_THAT(
      ProblemsOf("d DNAME x.\na.b.d A 192.0.2.1\n"),
      ElementsAre("z:6: a.b.d.example A: warning: is never answered: it is behind a DNAME"));
  EXPECT_THAT(ProblemsOf("d DNAME x.\n", {{N("a.d.example"), {kA}}}),
              ElementsAre(HasSubstr("behind a delegation or DNAME")));
}

TEST(Rules, WildcardsShouldNotCut) {
  EXPECT_THAT(ProblemsOf("*.w NS ns1\n"),
              ElementsAre("z:5: *.w.example NS: warning: a wildcard has NS"));
  EXPECT_THAT(ProblemsOf("*.w DNAME x.\n"),
              ElementsAre("z:5: *.w.example DNAME: warning: a wildcard has DNAME"));
}

TEST(Rules, TargetsShouldExistHaveAddressesAndBeNoAliases) {
  EXPECT_THAT(ProblemsOf("m MX 1 none\n"),
              ElementsAre("z:5: m.example MX: warning: its target none.example does not exist"));
  EXPECT_THAT(ProblemsOf("m MX 1 t\nt TXT x\n"),
              ElementsAre("z:5: m.example MX: warning: its target t.example has no address"));
  EXPECT_THAT(ProblemsOf("s SRV 1 1 1 c\nc CNAME ns1\n"),
              ElementsAre("z:5: s.example SRV: warning: its target c.example is an alias"));
  EXPECT_THAT(ProblemsOf("s SRV 1 1 1 a.d\nd DNAME x.\n"), ElementsAre(HasSubstr("is an alias")));
  EXPECT_THAT(ProblemsOf("@ NS c\nc CNAME ns1\n"), ElementsAre(HasSubstr("is an alias")));
  EXPECT_THAT(ProblemsOf("m MX 0 .\nm2 MX 1 x.test.\nm3 MX 1 w\n* A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(ProblemsOf("m MX 1 w\n", {{N("w.example"), {kA}}}), IsEmpty());
}

TEST(Rules, DelegationInsideItselfNeedsGlue) {
  EXPECT_THAT(ProblemsOf("sub NS ns.sub\n"),
              ElementsAre("z:5: sub.example NS: warning: ns.sub.example has no glue address"));
  EXPECT_THAT(ProblemsOf("sub NS ns.sub\nns.sub AAAA ::1\n"), IsEmpty());
  EXPECT_THAT(ProblemsOf("sub NS ns.other\nother NS x.test.\n"), IsEmpty());
  EXPECT_THAT(ProblemsOf("sub NS sub\nsub A 192.0.2.1\n"), IsEmpty());
}

TEST(Rules, WhatIsBehindADelegationIsNeverAnswered) {
  EXPECT_THAT(ProblemsOf("sub NS x.test.\nwww.sub A 192.0.2.1\n"),
              ElementsAre("z:6: www.sub.example A: warning: is never answered: it is behind a "
                          "delegation"));
  EXPECT_THAT(ProblemsOf("sub NS x.test.\nsub TXT x\nsub DS 1 8 2 00\n"),
              ElementsAre(HasSubstr("z:6: sub.example TXT")));
}

TEST(Rules, SteeredOwnersStayInTheZoneAndAboveItsCuts) {
  EXPECT_THAT(ProblemsOf("", {{N("www.test"), {kA}}}),
              ElementsAre("www.test: the steered record lies outside of the zone example"));
  EXPECT_THAT(ProblemsOf("sub NS x.test.\n", {{N("sub.example"), {kA}}}),
              ElementsAre(HasSubstr("behind a delegation or DNAME")));
  EXPECT_THAT(ProblemsOf("sub NS x.test.\n", {{N("a.b.sub.example"), {kA}}}),
              ElementsAre(HasSubstr("a.b.sub.example: the steered record is behind")));
  EXPECT_THAT(ProblemsOf("", {{N("a.example"), {kA}}, {N("A.example"), {kAaaa}}}),
              ElementsAre(HasSubstr("two steered records")));
}

TEST(Rules, SteeredTypesDoNotCollideWithTheFile) {
  const auto a = [](SteeredTypes types) {
    return std::vector<SteeredOwner>{{N("a.example"), types}};
  };
  EXPECT_THAT(ProblemsOf("a A 192.0.2.1\n", a({kA})),
              ElementsAre(HasSubstr("the master file has A too")));
  EXPECT_THAT(ProblemsOf("a AAAA ::1\n", a(kAddressTypes)),
              ElementsAre(HasSubstr("the master file has AAAA too")));
  EXPECT_THAT(ProblemsOf("a AAAA ::1\n", a({kA})), IsEmpty());
  EXPECT_THAT(ProblemsOf("a TXT x\n", a(kAddressTypes)), IsEmpty());
  EXPECT_THAT(ProblemsOf("a HTTPS 1 .\n", a({kHttps})),
              ElementsAre(HasSubstr("the master file has HTTPS too")));
  EXPECT_THAT(ProblemsOf("a CNAME ns1\n", a({kA})), ElementsAre(HasSubstr("beside a CNAME")));
  EXPECT_THAT(ProblemsOf("a TXT x\n", a({kCname})),
              ElementsAre(HasSubstr("answers CNAME, and the master file has TXT")));
  EXPECT_THAT(ProblemsOf("", a({kA, kCname})),
              ElementsAre(HasSubstr("answers CNAME and other types")));
  EXPECT_THAT(ProblemsOf("", a({kCname})), IsEmpty());
  EXPECT_THAT(ProblemsOf("", {{N("example"), {kCname}}}),
              Contains(HasSubstr("answers CNAME at the apex")));
}

TEST(Rules, ErrorsOfTextAndMeaningAreReportedTogether) {
  EXPECT_THAT(ProblemsOf("a A nope\nb CNAME ns1\nb A 192.0.2.1\n"),
              ElementsAre(HasSubstr("z:5: a.example A"), HasSubstr("z:6: b.example CNAME")));
}

TEST(Rules, TooManyProblemsEndWithAWordAboutIt) {
  const auto texts = ProblemsOf("$GENERATE 1-3000 h$ MX 1 none$\n");
  EXPECT_EQ(texts.size(), kMaxProblems + 1);
  EXPECT_THAT(texts.back(), HasSubstr("others are not shown"));
}

TEST(Rules, AnErrorAfterTooManyWarningsStillCounts) {
  const BuiltZone built = Load("$GENERATE 1-3000 h$ MX 1 none$\nz SOA a b 1 1 1 1 1\n");
  EXPECT_EQ(built.zone, nullptr);
}

}  // namespace
}  // namespace waypost::zone
