#include "dnsd/serve/responder.h"

#include <gmock/gmock.h>

#include "tests/unit/serve/serve_world.h"

namespace waypost::serve {
namespace {

using test::Bytes;
using test::QueryPacket;
using zone::Type;

class Responding : public ::testing::Test {
 protected:
  Responding() { world_.Zone("example.com", "www A 192.0.2.1\n"); }
  unsigned RcodeOf(const QueryPacket& query) { return world_.Ask(query).rcode(); }

  ServeWorld world_;
};

TEST_F(Responding, DropsStumpsAndReplies) {
  EXPECT_EQ(world_.Respond(Bytes(5)), 0U);
  EXPECT_EQ(world_.Respond(QueryPacket("example.com", 1).Flags(0x8000).Build()), 0U);
  EXPECT_EQ(world_.figures().dropped_malformed, 2U);
}

TEST_F(Responding, AnUndecodableQueryGetsAHeaderAlone) {
  Bytes packet = QueryPacket("www.example.com", 1).Id(99).Build();
  packet.pop_back();
  EXPECT_EQ(world_.Respond(packet), wire::kHeaderOctets);
}

TEST_F(Responding, ErrorsKeepTheOptRecord) {
  const auto bad_subnet = world_.Ask(QueryPacket("www.example.com", 1).Subnet(1, 24, {198, 51}));
  EXPECT_EQ(bad_subnet.rcode(), 1U);
  EXPECT_TRUE(bad_subnet.opt);
  EXPECT_FALSE(bad_subnet.Option(8)) << "what is malformed is not repeated";
  const auto bad_version = world_.Ask(QueryPacket("www.example.com", 1).Edns(1232, 5U << 16));
  EXPECT_EQ(bad_version.rcode(), 16U);
  const auto notify = world_.Ask(QueryPacket("example.com", 6).Flags(4 << 11).Edns());
  EXPECT_EQ(notify.rcode(), 4U);
  EXPECT_TRUE(notify.opt);
  EXPECT_TRUE(world_.Ask(QueryPacket("www.example.net", 1).Edns()).opt);
}

TEST_F(Responding, RefusesTransfersAndOtherClasses) {
  EXPECT_EQ(RcodeOf(QueryPacket("example.com", Type::kAxfr)), 5U);
  EXPECT_EQ(RcodeOf(QueryPacket("example.com", Type::kIxfr)), 5U);
  EXPECT_EQ(RcodeOf(QueryPacket("www.example.com", 1, 4)), 5U);
  EXPECT_EQ(RcodeOf(QueryPacket("www.example.com", 1, 254)), 5U);
}

TEST_F(Responding, AnswersOfAnyClassAreNeverAuthoritative) {
  constexpr uint16_t kAnyClass = 255;
  const auto found = world_.Ask(QueryPacket("www.example.com", 1, kAnyClass));
  EXPECT_EQ(found.rcode(), 0U);
  ASSERT_EQ(found.answer.size(), 1U);
  EXPECT_EQ(found.answer[0].klass, 1);
  EXPECT_FALSE(found.authoritative()) << "RFC 1035 section 6.2";
  const auto missing = world_.Ask(QueryPacket("no.example.com", 1, kAnyClass));
  EXPECT_EQ(missing.rcode(), 3U);
  EXPECT_FALSE(missing.authoritative());
  EXPECT_EQ(RcodeOf(QueryPacket("www.example.net", 1, kAnyClass)), 5U);
  EXPECT_EQ(RcodeOf(QueryPacket("example.com", Type::kAxfr, kAnyClass)), 5U);
}

TEST_F(Responding, TellsWhoItIsInChaos) {
  const auto version = world_.Ask(QueryPacket("VERSION.bind", 16, 3));
  ASSERT_EQ(version.answer.size(), 1U);
  EXPECT_EQ(version.answer[0].rdata, "\x09Waypost 0");
  EXPECT_EQ(version.answer[0].klass, 3);
  for (const char* name : {"hostname.bind", "id.server"}) {
    EXPECT_EQ(world_.Ask(QueryPacket(name, 16, 3)).answer.at(0).rdata, "\5pop-7") << name;
  }
  EXPECT_EQ(RcodeOf(QueryPacket("authors.bind", 16, 3)), 5U);
  EXPECT_EQ(RcodeOf(QueryPacket("version.bind", 1, 3)), 5U);
}

TEST_F(Responding, KeepsSilentAboutWhatIsNotConfigured) {
  const Identity nobody("", "");
  Tally tally;
  Responder responder(nobody, nullptr, 1, tally);
  Bytes out(wire::kMaxUdpPayload);
  for (const char* name : {"version.bind", "version.server", "hostname.bind", "id.server"}) {
    const size_t octets =
        responder.Respond(QueryPacket(name, 16, 3).Build(), {}, Transport::kUdp, nullptr, out);
    EXPECT_EQ(test::ReadMessage(std::span(out).first(octets))->rcode(), 5U) << name;
  }
}

TEST_F(Responding, SendsNsidIfAsked) {
  EXPECT_EQ(world_.Ask(QueryPacket("www.example.com", 1).Option(3, {})).Option(3), "pop-7");
}

TEST_F(Responding, FailsForAWhileBeforeTheFirstSnapshot) {
  world_.ForgetSnapshot();
  EXPECT_EQ(RcodeOf(QueryPacket("www.example.com", 1)), 2U);
  EXPECT_EQ(RcodeOf(QueryPacket("version.bind", 16, 3)), 0U);
}

TEST_F(Responding, FailsWithTheReasonForAZoneThatHasNoData) {
  world_.ZoneWithoutData("example.org");
  const auto reply = world_.Ask(QueryPacket("www.example.org", 1).Edns());
  EXPECT_EQ(reply.rcode(), 2U);
  EXPECT_FALSE(reply.authoritative());
  EXPECT_EQ(reply.Option(15), std::string({0, 24})) << "RFC 8914 section 4.25: invalid data";
  EXPECT_EQ(RcodeOf(QueryPacket("www.example.com", 1)), 0U);
}

TEST_F(Responding, AnAliasEndsBeforeAZoneThatHasNoData) {
  world_.ZoneWithoutData("example.org").Zone("example.net", "to CNAME www.example.org.\n");
  const auto reply = world_.Ask(QueryPacket("to.example.net", 1));
  EXPECT_EQ(reply.rcode(), 0U);
  EXPECT_EQ(reply.answer.size(), 1U);
}

TEST_F(Responding, LimitsTheRateOfAnswersBesideAZoneThatHasNoData) {
  world_.Zone("example.net", "child NS ns.test.\n").ZoneWithoutData("child.example.net");
  Protection protection;
  protection.limiter = std::make_shared<RateLimiter>(1024, SipKey{});
  protection.rate_limits.per_second.fill(1);
  world_.Obey(protection);
  EXPECT_EQ(RcodeOf(QueryPacket("child.example.net", Type::kDs)), 0U) << "the parent answers";
}

TEST_F(Responding, NeverExceedsWhatTheClientTakes) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "t TXT " + std::string(20, 'x') + std::to_string(i) + "\n";
  world_.Zone("example.net", text + "u TXT " + std::string(200, 'y') + "\n");
  for (const uint16_t payload : {0, 100, 512, 700, 1232, 4096, 65535}) {
    const size_t limit = std::clamp<size_t>(payload, 512, 1232);
    EXPECT_LE(world_.Respond(QueryPacket("t.example.net", 16).Edns(payload).Build()), limit);
    EXPECT_GT(world_.Respond(QueryPacket("u.example.net", 16).Edns(payload).Build()), 200U);
  }
}

TEST_F(Responding, CountsByTransportTypeAndRcode) {
  world_.Ask(QueryPacket("www.example.com", Type::kA));
  world_.Ask(QueryPacket("www.example.com", 4711));
  world_.Ask(QueryPacket("nope.example.com", Type::kAaaa), Transport::kTcp);
  const Figures figures = world_.figures();
  EXPECT_EQ(figures.queries[0][0], 1U) << "A over UDP";
  EXPECT_EQ(figures.queries[0][13], 1U) << "others over UDP";
  EXPECT_EQ(figures.queries[1][7], 1U) << "AAAA over TCP";
  EXPECT_EQ(figures.responses[0][0], 2U);
  EXPECT_EQ(figures.responses[1][3], 1U);
}

}  // namespace
}  // namespace waypost::serve
