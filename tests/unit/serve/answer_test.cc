#include "dnsd/serve/answer.h"

#include <gmock/gmock.h>

#include "tests/unit/serve/serve_world.h"

namespace waypost::serve {
namespace {

using test::QueryPacket;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using zone::Type;

constexpr unsigned kNoError = 0;
constexpr unsigned kNxDomain = 3;
constexpr unsigned kRefused = 5;
constexpr unsigned kYxDomain = 6;

/// Static zones; what policies decide is tested in steered_test.cc.
class Answers : public ::testing::Test {
 protected:
  ServeWorld world_;
};

TEST_F(Answers, AnExactNameWithItsRrset) {
  world_.Zone("example.com", "www 60 A 192.0.2.1\nwww 60 A 192.0.2.2\n");
  const auto reply = world_.Ask("wWw.example.com", Type::kA);
  EXPECT_EQ(reply.rcode(), kNoError);
  EXPECT_TRUE(reply.authoritative());
  EXPECT_THAT(Shape(reply.answer), ElementsAre("wWw.example.com 60 1", "wWw.example.com 60 1"));
  EXPECT_THAT(reply.authority, IsEmpty());
}

TEST_F(Answers, RefuseWhatIsInNoZone) {
  world_.Zone("example.com", "");
  const auto reply = world_.Ask("www.example.net", Type::kA);
  EXPECT_EQ(reply.rcode(), kRefused);
  EXPECT_FALSE(reply.authoritative());
  EXPECT_EQ(reply.qname, "www.example.net");
}

TEST_F(Answers, ComeFromTheNearestZone) {
  world_.Zone("example.com", "a.sub TXT parent\nsub NS ns1.sub\nns1.sub A 192.0.2.1\n")
      .Zone("sub.example.com", "a TXT child\n");
  const auto reply = world_.Ask("a.sub.example.com", Type::kTxt);
  EXPECT_TRUE(reply.authoritative());
  ASSERT_EQ(reply.answer.size(), 1U);
  EXPECT_EQ(reply.answer[0].rdata, "\5child");
}

TEST_F(Answers, ToAMissingNameHaveTheSoaWithTheNegativeTtl) {
  world_.Zone("example.com", "");
  const auto reply = world_.Ask("nothing.example.com", Type::kA);
  EXPECT_EQ(reply.rcode(), kNxDomain);
  EXPECT_TRUE(reply.authoritative());
  EXPECT_THAT(Shape(reply.authority), ElementsAre("example.com 300 6"));
}

TEST_F(Answers, ToAMissingTypeAreNoError) {
  world_.Zone("example.com", "www A 192.0.2.1\nb.a TXT x\n");
  for (const char* name : {"www.example.com", "a.example.com"}) {
    const auto reply = world_.Ask(name, Type::kMx);
    EXPECT_EQ(reply.rcode(), kNoError) << name;
    EXPECT_THAT(reply.answer, IsEmpty());
    EXPECT_THAT(Shape(reply.authority), ElementsAre("example.com 300 6"));
  }
}

TEST_F(Answers, FromAWildcardHaveTheNameAsked) {
  world_.Zone("example.com", "* 60 A 192.0.2.1\nb.a TXT x\n");
  EXPECT_THAT(Shape(world_.Ask("x.y.example.com", Type::kA).answer),
              ElementsAre("x.y.example.com 60 1"));
  EXPECT_EQ(world_.Ask("c.a.example.com", Type::kA).rcode(), kNxDomain)
      << "a closer name exists (RFC 4592)";
}

TEST_F(Answers, BelowACutAreReferralsWithGlue) {
  world_.Zone("example.com",
              "sub NS NS.sub\nsub NS ns.other\nNS.sub A 192.0.2.1\nNS.sub AAAA 2001:db8::1\n"
              "other NS ns.other\nns.other A 192.0.2.2\n");
  const auto reply = world_.Ask("www.sub.example.com", Type::kA);
  EXPECT_EQ(reply.rcode(), kNoError);
  EXPECT_FALSE(reply.authoritative());
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_EQ(reply.authority.size(), 2U);
  EXPECT_THAT(Shape(reply.additional),
              ElementsAre("NS.sub.example.com 3600 1", "NS.sub.example.com 3600 28",
                          "ns.other.example.com 3600 1"));
}

TEST_F(Answers, WhoseRequiredGlueDoesNotFitAreTruncated) {
  std::string text;
  for (int i = 0; i < 13; ++i) {
    const std::string host = "a-name-server-" + std::to_string(i) + ".sub";
    text += "sub NS " + host + "\n" + host + " A 192.0.2.1\n" + host + " AAAA 2001:db8::1\n";
  }
  world_.Zone("example.com", text);
  EXPECT_TRUE(world_.Ask("www.sub.example.com", Type::kA).truncated());
  const auto reply = world_.Ask(QueryPacket("www.sub.example.com", Type::kA).Edns(1232));
  EXPECT_FALSE(reply.truncated());
  EXPECT_EQ(reply.additional.size(), 26U);
}

TEST_F(Answers, ToDsComeFromTheParentsSideOfACut) {
  const std::string ds = "DS 12345 13 2 " + std::string(64, 'A') + "\n";
  world_.Zone("example.com", "sub NS ns1\nsub " + ds + "unsigned NS ns1\n")
      .Zone("sub.example.com", "");
  const auto reply = world_.Ask("sub.example.com", Type::kDs);
  EXPECT_TRUE(reply.authoritative());
  EXPECT_THAT(Shape(reply.answer), ElementsAre("sub.example.com 3600 43"));
  const auto none = world_.Ask("unsigned.example.com", Type::kDs);
  EXPECT_TRUE(none.authoritative());
  EXPECT_THAT(Shape(none.authority), ElementsAre("example.com 300 6"));
  EXPECT_FALSE(world_.Ask("x.unsigned.example.com", Type::kDs).authoritative());
}

TEST_F(Answers, ToDsOfAnApexWhoseParentIsElsewhereAreNegative) {
  world_.Zone("example.com", "");
  const auto reply = world_.Ask("example.com", Type::kDs);
  EXPECT_EQ(reply.rcode(), kNoError);
  EXPECT_THAT(Shape(reply.authority), ElementsAre("example.com 300 6"));
}

TEST_F(Answers, FollowAliasesInsideAndAcrossZones) {
  world_.Zone("example.com", "www 60 CNAME Alias\nalias 50 CNAME host.example.net.\n")
      .Zone("example.net", "host 40 A 192.0.2.1\n");
  const auto reply = world_.Ask("www.example.com", Type::kA);
  EXPECT_THAT(Shape(reply.answer), ElementsAre("www.example.com 60 5", "Alias.example.com 50 5",
                                               "host.example.net 40 1"));
  EXPECT_EQ(reply.rcode(), kNoError);
}

TEST_F(Answers, HaveTheRcodeOfTheLastAlias) {
  world_.Zone("example.com", "www CNAME gone\nout CNAME host.example.org.\n");
  EXPECT_EQ(world_.Ask("www.example.com", Type::kA).rcode(), kNxDomain);
  const auto out = world_.Ask("out.example.com", Type::kA);
  EXPECT_EQ(out.rcode(), kNoError);
  EXPECT_TRUE(out.authoritative());
  EXPECT_EQ(out.answer.size(), 1U);
}

TEST_F(Answers, ToCnameItselfDoNotFollow) {
  world_.Zone("example.com", "www CNAME host\nhost A 192.0.2.1\n");
  EXPECT_EQ(world_.Ask("www.example.com", Type::kCname).answer.size(), 1U);
}

TEST_F(Answers, GiveWhatStandsBesideAnAlias) {
  world_.Zone("example.com", "www CNAME host\nwww NSEC x CNAME\nhost A 192.0.2.1\n");
  EXPECT_THAT(Shape(world_.Ask("www.example.com", Type::kNsec).answer),
              ElementsAre("www.example.com 3600 47"));
}

TEST_F(Answers, LeaveALoopOfAliasesWhenItCloses) {
  world_.Zone("example.com", "a CNAME b\nb CNAME c\nc CNAME a\nself CNAME self\n");
  EXPECT_EQ(world_.Ask("a.example.com", Type::kA).answer.size(), 3U);
  EXPECT_EQ(world_.Ask("self.example.com", Type::kA).answer.size(), 1U);
}

TEST_F(Answers, CutALongChainOfAliases) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += "n" + std::to_string(i) + " CNAME n" + std::to_string(i + 1) + "\n";
  }
  world_.Zone("example.com", text);
  EXPECT_EQ(world_.Ask(QueryPacket("n0.example.com", Type::kA).Edns()).answer.size(), 13U);
}

TEST_F(Answers, BelowADnameAreRenamed) {
  world_.Zone("example.com", "old 70 DNAME new\nhost.new 60 A 192.0.2.1\n");
  const auto reply = world_.Ask("HOST.old.example.com", Type::kA);
  EXPECT_THAT(Shape(reply.answer), ElementsAre("old.example.com 70 39", "HOST.old.example.com 70 5",
                                               "host.new.example.com 60 1"));
  EXPECT_EQ(world_.Ask("old.example.com", Type::kA).rcode(), kNoError) << "not the owner itself";
  EXPECT_EQ(world_.Ask("host.old.example.com", Type::kCname).answer.size(), 2U);
}

TEST_F(Answers, ThroughOneDnameTwiceHoldItOnce) {
  world_.Zone("example.com", "a DNAME b\nx.b CNAME y.a\ny.b A 192.0.2.1\n");
  EXPECT_THAT(
      Shape(world_.Ask("x.a.example.com", Type::kA).answer),
      ElementsAre("a.example.com 3600 39", "x.a.example.com 3600 5", "x.b.example.com 3600 5",
                  "y.a.example.com 3600 5", "y.b.example.com 3600 1"));
}

TEST_F(Answers, DoNotRepeatADnameThatIsAskedForAtTheEnd) {
  world_.Zone("example.com", "a DNAME b\nx.b CNAME a\n");
  EXPECT_THAT(
      Shape(world_.Ask("x.a.example.com", Type::kDname).answer),
      ElementsAre("a.example.com 3600 39", "x.a.example.com 3600 5", "x.b.example.com 3600 5"));
}

TEST_F(Answers, RenamedTooLongAreYxDomain) {
  const std::string label(60, 'x');
  const std::string three = label + "." + label + "." + label;
  world_.Zone("example.com", "old DNAME " + three + ".new\n");
  const auto reply = world_.Ask(label + ".old.example.com", Type::kA);
  EXPECT_EQ(reply.rcode(), kYxDomain);
  EXPECT_EQ(reply.answer.size(), 1U);
}

TEST_F(Answers, FollowADnameThatLeadsBelowItselfOnce) {
  world_.Zone("example.com", "old DNAME a.OLD\n");
  EXPECT_THAT(Shape(world_.Ask("x.old.example.com", Type::kA).answer),
              ElementsAre("old.example.com 3600 39", "x.old.example.com 3600 5"));
  // Not what it says but what is served there decides.
  world_.Zone("a.old.example.com", "x A 192.0.2.1\n");
  EXPECT_THAT(Shape(world_.Ask("x.old.example.com", Type::kA).answer),
              ElementsAre("old.example.com 3600 39", "x.old.example.com 3600 5",
                          "x.a.old.example.com 3600 1"));
}

TEST_F(Answers, ToAnyAreTheSmallestRrset) {
  world_.Zone("example.com", "www TXT \"a rather long text\"\nwww A 192.0.2.1\n");
  EXPECT_THAT(Shape(world_.Ask("www.example.com", Type::kAny).answer),
              ElementsAre("www.example.com 3600 1"));
}

TEST_F(Answers, ThatDoNotFitAreTruncatedOverUdpAndWholeOverTcp) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "www A 192.0.2." + std::to_string(i) + "\n";
  world_.Zone("example.com", text);
  const auto udp = world_.Ask(QueryPacket("www.example.com", Type::kA).Edns(4096));
  EXPECT_TRUE(udp.truncated());
  EXPECT_THAT(udp.answer, IsEmpty()) << "no part of an RRset (RFC 2181)";
  EXPECT_TRUE(udp.opt);
  const auto tcp = world_.Ask(QueryPacket("www.example.com", Type::kA), Transport::kTcp);
  EXPECT_FALSE(tcp.truncated());
  EXPECT_EQ(tcp.answer.size(), 100U);
}

}  // namespace
}  // namespace waypost::serve
