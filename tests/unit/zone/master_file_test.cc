#include "dnsd/zone/master_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/zone/master_words.h"

namespace waypost::zone {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(MasterFile, OwnersAreRelativeToTheOriginUnlessTheyEndWithADot) {
  EXPECT_THAT(Read("a 1 A 192.0.2.1\nb. 1 A 192.0.2.1\n@ 1 A 192.0.2.1\nc.d 1 A 192.0.2.1"),
              ElementsAre("a.example 1 A c0000201", "b 1 A c0000201", "example 1 A c0000201",
                          "c.d.example 1 A c0000201"));
}

TEST(MasterFile, OmittedOwnerIsTheOneBefore) {
  EXPECT_THAT(
      Read("a 1 A 192.0.2.1\n  1 A 192.0.2.2\n\t2 A 192.0.2.3\n"),
      ElementsAre("a.example 1 A c0000201", "a.example 1 A c0000202", "a.example 2 A c0000203"));
  EXPECT_THAT(ProblemOf("  1 A 192.0.2.1\n"), HasSubstr("z:1: there is no owner"));
}

TEST(MasterFile, OriginDirectiveIsRelativeToTheOriginBefore) {
  EXPECT_THAT(Read("$ORIGIN sub\na 1 A 192.0.2.1\n$ORIGIN test.\na 1 A 192.0.2.1\n"),
              ElementsAre("a.sub.example 1 A c0000201", "a.test 1 A c0000201"));
}

TEST(MasterFile, TtlAndClassComeInAnyOrderOrNotAtAll) {
  EXPECT_THAT(
      Read("a 5 IN A 192.0.2.1\na IN 6 A 192.0.2.1\na in A 192.0.2.1\na A 192.0.2.1\n"
           "a CLASS1 7 TYPE1 192.0.2.1\n"),
      ElementsAre("a.example 5 A c0000201", "a.example 6 A c0000201", "a.example 6 A c0000201",
                  "a.example 6 A c0000201", "a.example 7 A c0000201"));
}

TEST(MasterFile, TtlDirectiveComesBeforeTheLastTtl) {
  EXPECT_THAT(Read("a 5 A 192.0.2.1\n$TTL 1h\na A 192.0.2.2\na 6 A 192.0.2.3\na A 192.0.2.4\n"),
              ElementsAre("a.example 5 A c0000201", "a.example 3600 A c0000202",
                          "a.example 6 A c0000203", "a.example 3600 A c0000204"));
}

TEST(MasterFile, TtlsHaveUnits) {
  EXPECT_THAT(Read("a 1w2d3h4m5s A 192.0.2.1\na 1H30M A 192.0.2.1\na 2147483647 A 192.0.2.1\n"),
              ElementsAre("a.example 788645 A c0000201", "a.example 5400 A c0000201",
                          "a.example 2147483647 A c0000201"));
  EXPECT_THAT(ProblemOf("a 99999999999999999999 A 192.0.2.1\n"), HasSubstr("not a TTL"));
  EXPECT_THAT(ProblemOf("a 1y A 192.0.2.1\n"), HasSubstr("\"1y\" is not a TTL"));
  EXPECT_THAT(ProblemOf("$TTL -1\n"), HasSubstr("z:1: $TTL: \"-1\" is not a TTL"));
}

TEST(MasterFile, ATtlWithItsHighestBitSetIsZero) {
  const MasterFile file = Parse(
      "@ SOA a b 1 2 3 4 2147483648\na 2147483648 A 192.0.2.1\na A 192.0.2.2\n"
      "$TTL 4294967295\na A 192.0.2.3\n");
  for (const auto& entry : file.records.entries()) EXPECT_EQ(entry.ttl, 0U);
  const std::string why = "is above 2147483647: zero is used (RFC 2181 section 8)";
  EXPECT_THAT(Texts(file.problems),
              ElementsAre("z:1: example SOA: warning: there is no TTL: MINIMUM is used",
                          "z:1: example SOA: warning: TTL 2147483648 " + why,
                          "z:2: a.example A: warning: TTL 2147483648 " + why,
                          "z:4: $TTL: warning: TTL 4294967295 " + why));
  EXPECT_THAT(ProblemOf("a 4294967296 A 192.0.2.1\n"), HasSubstr("not a TTL"));
}

TEST(MasterFile, WithoutAnyTtlTheSoaMinimumServesAndAnythingElseIsAnError) {
  const MasterFile file = Parse("@ SOA a b 1 2 3 4 77\n@ NS a\n");
  EXPECT_EQ(file.records.entries()[1].ttl, 77U);
  EXPECT_THAT(Texts(file.problems),
              ElementsAre("z:1: example SOA: warning: there is no TTL: MINIMUM is used"));
  EXPECT_THAT(ProblemOf("@ NS a\n"), HasSubstr("z:1: example NS: there is no TTL"));
}

TEST(MasterFile, ParenthesesJoinLinesAndCommentsEndThem) {
  EXPECT_THAT(Read("@ 1 SOA a b ( 1 ; serial (\n 2 ) 3 (\n\n 4\n5 ) ; done )\na 1 A 192.0.2.1\n"),
              ElementsAre("example 1 SOA 0161076578616d706c6500"
                          "0162076578616d706c65000000000100000002000000030000000400000005",
                          "a.example 1 A c0000201"));
}

TEST(MasterFile, QuotesProtectSpacesSemicolonsAndParentheses) {
  EXPECT_THAT(Read("a 1 TXT \"b ;(c\" d \"\" \"e\\\"f\" \\; g\\ h \\065\n"),
              ElementsAre("a.example 1 TXT 0562203b28630164000365"
                          "2266"
                          "013b"
                          "03672068"
                          "0141"));
}

TEST(MasterFile, CarriageReturnsAndAMissingLastNewlineDoNotMatter) {
  EXPECT_THAT(
      Read("a 1 A 192.0.2.1\r\n\r\nb 1 TXT x\r\nc 1 A 192.0.2.1"),
      ElementsAre("a.example 1 A c0000201", "b.example 1 TXT 0178", "c.example 1 A c0000201"));
}

TEST(MasterFile, UnknownTypesAreReadGenerically) {
  EXPECT_THAT(Read("a 1 TYPE65280 \\# 3 AB cd ( \n ef )\na 1 TYPE65281 \\# 0\n"
                   "a 1 A \\# 4 c0 00 02 01\n"),
              ElementsAre("a.example 1 TYPE65280 abcdef", "a.example 1 TYPE65281 ",
                          "a.example 1 A c0000201"));
  EXPECT_THAT(ProblemOf("a 1 TYPE65280 x\n"), HasSubstr("only as \\# LENGTH HEX"));
  EXPECT_THAT(ProblemOf("a 1 TYPE65280 \\# 2 AB\n"), HasSubstr("says 2 octets, there are 1"));
  EXPECT_THAT(ProblemOf("a 1 TYPE65280 \\# 1 ABC\n"), HasSubstr("half an octet"));
  EXPECT_THAT(ProblemOf("a 1 TYPE65280 \\# 70000 AB\n"), HasSubstr("length from 0 to 65535"));
  EXPECT_THAT(ProblemOf("a 1 A \\# 3 c00002\n"), HasSubstr("not what a A record holds"));
  // A compressed name (RFC 3597 section 4).
  EXPECT_THAT(ProblemOf("a 1 NS \\# 2 c000\n"), HasSubstr("not what a NS record holds"));
}

TEST(MasterFile, TypesThatAreNoDataAreRefused) {
  for (const char* type : {"OPT", "TSIG", "TKEY", "ANY", "AXFR", "IXFR", "MAILB", "TYPE0",
                           "TYPE255", "TYPE65536", "TYPE", "TYPEx", "BOGUS"}) {
    EXPECT_THAT(ProblemOf(std::string("a 1 ") + type + " \\# 0\n"), HasSubstr("not a type"))
        << type;
  }
}

TEST(MasterFile, OtherClassesAreErrors) {
  EXPECT_THAT(ProblemOf("a 1 CH TXT x\n"), HasSubstr("class CH is not served"));
  EXPECT_THAT(ProblemOf("a CLASS3 1 TXT x\n"), HasSubstr("class CLASS3 is not served"));
}

TEST(MasterFile, ReportsEveryErrorWithItsLineAndGoesOn) {
  const MasterFile file = Parse(
      "a 1 A 192.0.2.1\n"
      "a 1 A 192.0.2.999\n"
      "b 1 TXT \"open\n"
      "d 1 A\n"
      "e..f 1 A 192.0.2.1\n"
      "  1 A 192.0.2.7\n"
      "g 1 AAAA ::1 ::2\n"
      "$NOPE x\n"
      "h 1 MX 70000 x\n"
      "i 1 A )\n"
      "j 1\n"
      "k 1 TXT \\\n"
      "l 1 NS a\\25\n"
      "m 1 A 192.0.2.2\n");
  EXPECT_THAT(
      Texts(file.problems),
      ElementsAre(
          "z:2: a.example A: \"192.0.2.999\" is not an IPv4 address",
          "z:3: a quote is not closed in its line", "z:4: d.example A: A has 1 field, not 0",
          "z:5: \"e..f\" is not a domain name: it has an empty label",
          "z:7: g.example AAAA: AAAA has 1 field, not 2", "z:8: $NOPE: an unknown directive",
          "z:9: h.example MX: \"70000\" is not a number from 0 to 65535",
          "z:10: a parenthesis is closed that was not opened",
          "z:11: j.example: the type is missing", "z:12: a backslash escapes nothing",
          "z:13: l.example NS: \"a\\25\" is not a domain name: it has a broken escape"));
  EXPECT_THAT(Shown(file), ElementsAre("a.example 1 A c0000201", "m.example 1 A c0000202"));
}

TEST(MasterFile, ParenthesisThatIsNotClosedSpoilsOnlyItsLine) {
  const MasterFile file = Parse("a 1 A 192.0.2.1\nb 1 TXT (x\nc 1 A 192.0.2.3\n");
  EXPECT_THAT(Texts(file.problems), ElementsAre("z:2: a parenthesis is not closed"));
  EXPECT_THAT(Shown(file), ElementsAre("a.example 1 A c0000201", "c.example 1 A c0000203"));
}

TEST(MasterFile, EveryTypeOfTheFieldIsRead) {
  // Wire formats worked out by hand from the RFCs, or taken from their examples.
  EXPECT_THAT(
      Read("$TTL 1\n"
           "a AAAA 2001:db8::1\n"
           "a MX 10 m\n"
           "a SRV 1 2 3 .\n"
           "a CAA 0 issue \"ca.test\"\n"
           "a CAA 0 issue ca.test\n"
           "a SSHFP 4 2 ab CD\n"
           "a TLSA 3 1 1 ( 00 \n 11 )\n"
           "a DS 60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )\n"
           "a NAPTR 100 50 \"s\" \"http\" \"\" w\n"
           "a HINFO x \"y z\"\n"
           "a HTTPS 1 . alpn=h2,h3 port=8443\n"
           "a SVCB 1 s key65333=ex\n"
           "a URI 10 1 \"x:y\"\n"
           "a RP m t\n"
           "a EUI48 00-00-5e-00-53-2a\n"
           "a APL 1:192.0.2.0/24 !2:2001:db8::/32\n"
           "a OPENPGPKEY AAEC\n"
           "a LOC 0 0 0.000 N 0 0 0.000 E 0.00m 1m 10000m 10m\n"),
      ElementsAre("a.example 1 AAAA 20010db8000000000000000000000001",
                  "a.example 1 MX 000a016d076578616d706c6500", "a.example 1 SRV 00010002000300",
                  "a.example 1 CAA 0005697373756563612e74657374",
                  "a.example 1 CAA 0005697373756563612e74657374", "a.example 1 SSHFP 0402abcd",
                  "a.example 1 TLSA 0301010011",
                  "a.example 1 DS ec4505012bb183af5f22588179a53b0a98631fad1a292118",
                  "a.example 1 NAPTR 0064003201730468747470000177076578616d706c6500",
                  "a.example 1 HINFO 01780379207a",
                  "a.example 1 HTTPS 00010000010006026832026833000300"
                  "0220fb",
                  "a.example 1 SVCB 00010173076578616d706c6500ff3500026578",
                  "a.example 1 URI 000a0001783a79",
                  "a.example 1 RP 016d076578616d706c65000174076578616d706c6500",
                  "a.example 1 EUI48 00005e00532a",
                  "a.example 1 APL 00011803c0000200022084"
                  "20010db8",
                  "a.example 1 OPENPGPKEY 000102",
                  "a.example 1 LOC 00121613800000008000000000989680"));
}

TEST(MasterFile, WhatLdnsWouldMisreadIsRefusedOrReadRight) {
  EXPECT_THAT(Read("a 1 RP m @\n"),
              ElementsAre("a.example 1 RP 016d076578616d706c6500076578616d706c6500"));
  EXPECT_THAT(ProblemOf("a 1 RP \\@.m @\n"), HasSubstr("its first label is @"));
  EXPECT_THAT(Read("a 1 TXT x \\# 1\n"), ElementsAre("a.example 1 TXT 0178012301"
                                                     "31"));
  EXPECT_THAT(ProblemOf("a 1 SSHFP 4 2 abc\n"), HasSubstr("half an octet"));
  EXPECT_THAT(ProblemOf("a 1 SSHFP 4 2 x\n"), HasSubstr("not hexadecimal"));
  EXPECT_THAT(ProblemOf("a 1 KX 65536 m\n"), HasSubstr("not from 0 to 65535"));
  EXPECT_THAT(ProblemOf("a 1 TXT a\"b c\"\n"), HasSubstr("has a quote inside"));
  EXPECT_THAT(ProblemOf("a 1 HTTPS 1 . port=1 port=2\n"), HasSubstr("given twice"));
  EXPECT_THAT(ProblemOf("a 1 HTTPS 1 . mandatory=alpn,port port=1\n"),
              HasSubstr("alpn is mandatory and missing"));
  EXPECT_THAT(ProblemOf("a 1 HTTPS 1 . no-default-alpn port=1\n"), HasSubstr("wants alpn"));
  EXPECT_THAT(Read("a 1 HTTPS 1 . mandatory=alpn,port alpn=h2 no-default-alpn port=1\n"),
              ElementsAre("a.example 1 HTTPS 000100000000040001000300010003026832000200000003"
                          "00020001"));
  EXPECT_THAT(ProblemOf("a 1 TYPE65400 10 0 0 .\n"), HasSubstr("only as \\#"));
  EXPECT_THAT(ProblemOf("a 1 TXT " + std::string(256, 'x') + "\n"), HasSubstr("a.example TXT"));
}

TEST(MasterFile, RdataMayBeAsLongAsItGoesHoweverItIsWritten) {
  std::string plain, escaped, hex = " \\# 65280 ";
  for (int i = 0; i < 255; ++i) {
    plain += " \"" + std::string(255, 'x') + "\"";
    escaped += " \"";
    for (int j = 0; j < 255; ++j) escaped += "\\120";
    escaped += '"';
    hex += "ff";
    for (int j = 0; j < 255; ++j) hex += "78";
  }
  for (const std::string& text : {plain, escaped, hex}) {
    const MasterFile file = Parse("a 1 TXT" + text + "\n");
    ASSERT_THAT(Texts(file.problems), IsEmpty());
    const auto rdata = file.records.entries()[0].rdata_bytes();
    EXPECT_EQ(rdata.size(), 65280U);
    EXPECT_EQ(rdata[0], 255);
    EXPECT_EQ(rdata[65279], 'x');
    EXPECT_GT(RdataText(kTxt, rdata).size(), 65280U);
  }
}

TEST(MasterFile, WhatLdnsTakesThoughItIsMalformedIsAnError) {
  const auto problem = [](const std::string& record) { return ProblemOf("a 1 " + record + "\n"); };
  EXPECT_THAT(problem("TXT " + std::string(256, 'x')), HasSubstr("longer than 255 octets"));
  EXPECT_THAT(problem("CAA \\# 1 00"), HasSubstr("not what a CAA record holds"));
  EXPECT_THAT(problem("CAA \\# 2 0000"), HasSubstr("not what a CAA record holds"));
  EXPECT_THAT(problem("HTTPS 1 . mandatory=alpn"), HasSubstr("alpn is mandatory and missing"));
  EXPECT_THAT(problem("HTTPS 1 . mandatory=mandatory"), HasSubstr("itself"));
  EXPECT_THAT(problem("HTTPS \\# 17 000100 0000 0004 00030003 0003 0002 0035"),
              HasSubstr("not what a HTTPS record holds"));
  for (const char* key : {"mandatory", "alpn", "port", "ipv4hint", "ipv6hint"}) {
    EXPECT_THAT(problem(std::string("HTTPS 1 . ") + key),
                HasSubstr(key + std::string(" has no value")));
  }
  for (const char* cut : {"8 000100 0001 0001 05", "5 000100 0005", "8 000100 0005 0002 01",
                          "8 000100 0300 0004 01"}) {
    EXPECT_THAT(problem(std::string("HTTPS \\# ") + cut),
                HasSubstr("not what a HTTPS record holds"))
        << cut;
  }
  EXPECT_THAT(problem("HTTPS \\# 13 000100 0003 0002 0035 0001 0000"),
              HasSubstr("not what a HTTPS record holds"));
}

TEST(MasterFile, LongEntriesAndNulsAreErrors) {
  EXPECT_THAT(ProblemOf("a 1 TXT " + std::string(300000, 'x') + "\n"), HasSubstr("300,000 octets"));
  EXPECT_THAT(ProblemOf("a 1 TXT (" + std::string(300000, ' ') + ")"), HasSubstr("300,000 octets"));
  EXPECT_THAT(ProblemOf("a 1 DNSKEY 256 3 8 " + std::string(70000, 'A') + "\n"),
              HasSubstr("DNSKEY of over 65000 octets of text is read only as \\#"));
  EXPECT_THAT(ProblemOf("a 1 A 192.0.2.1\nb 1 TXT x" + std::string(1, '\0') + "y\n"),
              HasSubstr("z:2: a NUL octet"));
}

TEST(MasterFile, AByteOrderMarkIsToldAsWhatItIs) {
  EXPECT_THAT(ProblemOf("\xEF\xBB\xBF$TTL 1\na A 192.0.2.1\n"),
              HasSubstr("z:1: it begins with a byte order mark"));
}

TEST(MasterFile, ProblemsEndWhereNobodyReadsThem) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "garbage\n";
  const MasterFile file = Parse(text);
  EXPECT_EQ(file.problems.size(), kMaxProblems + 1);
  EXPECT_THAT(file.problems.back().fact, HasSubstr("too many problems"));
}

TEST(Generate, PutsNumbersIn) {
  EXPECT_THAT(
      Read("$GENERATE 1-3 h$ 5 IN A 192.0.2.$\n"),
      ElementsAre("h1.example 5 A c0000201", "h2.example 5 A c0000202", "h3.example 5 A c0000203"));
  EXPECT_THAT(Read("$TTL 1\n$GENERATE 8-12/2 ${-8,3}.${0,2,x}.${0,1,X}.${1,0,o}.\\$ CNAME $.x\n"),
              ElementsAre("000.08.8.11.\\$.example 1 CNAME 0138"
                          "0178076578616d706c6500",
                          "002.0a.A.13.\\$.example 1 CNAME 023130"
                          "0178076578616d706c6500",
                          "004.0c.C.15.\\$.example 1 CNAME 023132"
                          "0178076578616d706c6500"));
}

TEST(Generate, MakesTheLabelsOfReverseZones) {
  EXPECT_THAT(Read("$TTL 1\n$GENERATE 26-27 ${0,3,n} CNAME a.\n$GENERATE 171-171 ${0,7,N} CNAME "
                   "a.\n$GENERATE 5-5 ${0,2,n}b CNAME a.\n$GENERATE 5-5 ${0,0,n} CNAME a.\n"),
              ElementsAre("a.1.example 1 CNAME 016100", "b.1.example 1 CNAME 016100",
                          "B.A.0.0.example 1 CNAME 016100", "5.b.example 1 CNAME 016100",
                          "5.example 1 CNAME 016100"));
}

TEST(Generate, TakesRdataOfSeveralWordsInQuotesAsBindWantsIt) {
  EXPECT_THAT(Read("$TTL 1\n$GENERATE 1-2 x$ MX \"$ m$\"\n$GENERATE 3-3 t TXT \"a$ b\"\n"
                   "$GENERATE 3-3 q TXT \"\\\"a $\\\"\"\n$GENERATE 3-3 r TXT \"a $\" b\n"
                   "$GENERATE 3-3 e TXT \"\"\n"),
              ElementsAre("x1.example 1 MX 0001026d31076578616d706c6500",
                          "x2.example 1 MX 0002026d32076578616d706c6500",
                          "t.example 1 TXT 0261330162", "q.example 1 TXT 03612033",
                          "r.example 1 TXT 036120330162", "e.example 1 TXT 00"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-2 x$ 1 MX \"1 ( a\"\n"), HasSubstr("; ( )"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-2 x$ 1 TXT \"v=DKIM1; p=$\"\n"), HasSubstr("; ( )"));
  EXPECT_THAT(Read("$TTL 1\n$GENERATE 3-3 x$ TXT \"\\\"a; $\\\"\"\n"),
              ElementsAre("x3.example 1 TXT 04613b2033"));
}

TEST(Generate, RefusesWhatMakesNoSense) {
  EXPECT_THAT(ProblemOf("$GENERATE 3-1 h$ 1 A 192.0.2.1\n"), HasSubstr("not a range"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-3/0 h$ 1 A 192.0.2.1\n"), HasSubstr("not a range"));
  EXPECT_THAT(ProblemOf("$GENERATE 1 h$ 1 A 192.0.2.1\n"), HasSubstr("not a range"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-3 h${0 1 A 192.0.2.1\n"), HasSubstr("not closed"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-3 h${-2} 1 A 192.0.2.1\n"), HasSubstr("below zero"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-3 h${0,1,z} 1 A 192.0.2.1\n"), HasSubstr("base"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-3 h${0,64} 1 A 192.0.2.1\n"), HasSubstr("OFFSET"));
  EXPECT_THAT(ProblemOf("$GENERATE 0-65536 h$ 1 A 192.0.2.1\n"), HasSubstr("more than 65536"));
  EXPECT_THAT(ProblemOf("$GENERATE 1-300 h$ 1 A 192.0.2.$\n"), HasSubstr("192.0.2.256"));
}

TEST(Generate, CountsAllOfThemTogether) {
  const MasterFile file =
      Parse("$TTL 1\n$GENERATE 1-65536 h$ A 192.0.2.1\n$GENERATE 1-1 i$ A 192.0.2.1\n");
  EXPECT_EQ(file.records.size(), 65536U);
  EXPECT_THAT(Texts(file.problems), ElementsAre(HasSubstr("z:3: $GENERATE")));
}

class Include : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::path(testing::TempDir()) / ("waypost-include-" + Unique());
    std::filesystem::create_directories(root_ / "zones" / "sub");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  static std::string Unique() {
    return std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + "-" +
           std::to_string(getpid());
  }
  void Write(const std::string& path, const std::string& text) const {
    std::ofstream(root_ / path) << text;
  }
  MasterFile ParseThere(const std::string& text) const {
    return Parse(text, {(root_ / "zones").string()});
  }
  std::vector<std::string> ProblemsOf(const std::string& text) const {
    return Texts(ParseThere(text).problems);
  }

  std::filesystem::path root_;
};

TEST_F(Include, IsRefusedWithoutAFolder) {
  EXPECT_THAT(ProblemOf("$INCLUDE x\n"), HasSubstr("z:1: $INCLUDE: is not allowed here"));
}

TEST_F(Include, ReadsBelowTheFolderAndRestoresOriginAndOwner) {
  Write("zones/sub/a", "$ORIGIN other.\nx 1 A 192.0.2.1\n");
  const MasterFile file = ParseThere(
      "first 1 A 192.0.2.9\n$INCLUDE sub/a\n  1 A 192.0.2.8\n$INCLUDE \"sub/a\" deep\n"
      "b 1 A 192.0.2.2\n");
  EXPECT_THAT(Texts(file.problems), IsEmpty());
  EXPECT_THAT(Shown(file), ElementsAre("first.example 1 A c0000209", "x.other 1 A c0000201",
                                       "first.example 1 A c0000208", "x.other 1 A c0000201",
                                       "b.example 1 A c0000202"));
}

TEST_F(Include, OriginArgumentIsForTheIncludedFileOnly) {
  Write("zones/a", "x 1 A 192.0.2.1\n");
  EXPECT_THAT(Shown(ParseThere("$INCLUDE a deep\nb 1 A 192.0.2.2\n")),
              ElementsAre("x.deep.example 1 A c0000201", "b.example 1 A c0000202"));
}

TEST_F(Include, ProblemsNameTheIncludedFile) {
  Write("zones/a", "\nx 1 A nope\n");
  EXPECT_THAT(ProblemsOf("$INCLUDE a\ny 1 A nope\n"),
              ElementsAre(HasSubstr("zones/a:2: x.example A"), HasSubstr("z:2: y.example A")));
}

TEST_F(Include, NeverLeavesTheFolder) {
  Write("secret", "x 1 A 192.0.2.1\n");
  std::filesystem::create_symlink(root_ / "secret", root_ / "zones" / "link");
  EXPECT_THAT(ProblemsOf("$INCLUDE ../secret\n"), ElementsAre(HasSubstr("does not stay below")));
  EXPECT_THAT(ProblemsOf("$INCLUDE sub/../../secret\n"),
              ElementsAre(HasSubstr("does not stay below")));
  EXPECT_THAT(ProblemsOf("$INCLUDE " + (root_ / "secret").string() + "\n"),
              ElementsAre(HasSubstr("does not stay below")));
  EXPECT_THAT(ProblemsOf("$INCLUDE link\n"), ElementsAre(HasSubstr("leads out of")));
}

TEST_F(Include, ReadsRegularFilesOnly) {
  EXPECT_THAT(ProblemsOf("$INCLUDE sub\n"), ElementsAre(HasSubstr("not a regular file")));
  EXPECT_THAT(ProblemsOf("$INCLUDE absent\n"), ElementsAre(HasSubstr("cannot read")));
}

TEST_F(Include, OfItselfEndsAtADepth) {
  Write("zones/self", "$INCLUDE self\n");
  EXPECT_THAT(ProblemsOf("$INCLUDE self\n"), ElementsAre(HasSubstr("nests deeper than 8")));
}

TEST_F(Include, ThatMultipliesEndsAtACount) {
  Write("zones/self", "$INCLUDE self\n$INCLUDE self\n$INCLUDE self\n$INCLUDE self\n");
  EXPECT_THAT(ProblemsOf("$INCLUDE self\n"), testing::Contains(HasSubstr("over 1000 times")));
}

}  // namespace
}  // namespace waypost::zone
