#include "dnsd/serve/guard.h"

#include <gmock/gmock.h>

#include "tests/support/allocation_counter.h"
#include "tests/unit/serve/serve_world.h"

namespace waypost::serve {
namespace {

using test::Bytes;
using test::QueryPacket;

constexpr uint16_t kCookie = 10;
constexpr uint16_t kExtendedError = 15;
constexpr unsigned kBadCookie = 23;

/// Asks one zone with every kind of answer, under a protection that each test sets.
class Guarding : public ::testing::Test {
 protected:
  Guarding() {
    world_.Zone("example.com",
                "www A 192.0.2.1\nwww2 A 192.0.2.1\n*.wild A 192.0.2.2\nsub NS ns.sub\n"
                "ns.sub A 192.0.2.3\nbig TXT " +
                    std::string(200, 'x') + "\n");
    protection_.cookies.emplace(std::vector<SipKey>{SipKey{1, 2, 3}});
    world_.Obey(protection_, now_);
  }

  void LimitTo(uint32_t per_second, uint32_t slip) {
    protection_.rate_limits.per_second.fill(per_second);
    protection_.rate_limits.slip = slip;
    protection_.limiter = std::make_shared<RateLimiter>(1024, SipKey{});
  }
  static QueryPacket Www(const Bytes& cookie = {}) {
    QueryPacket query("www.example.com", 1);
    if (!cookie.empty()) query.Option(kCookie, cookie);
    return query;
  }
  /// A whole cookie, as a reply gives it.
  Bytes Learned() {
    const auto option = world_.Ask(Www(kClient)).Option(kCookie);
    return option ? Bytes(option->begin(), option->end()) : Bytes{};
  }
  int AnsweredOf(int asked, const std::string& name, uint16_t type = 1,
                 Transport transport = Transport::kUdp) {
    int answered = 0;
    for (int i = 0; i < asked; ++i) {
      answered += world_.Respond(QueryPacket(name, type).Build(), transport) > 0 ? 1 : 0;
    }
    return answered;
  }

  const Bytes kClient = {1, 2, 3, 4, 5, 6, 7, 8};
  ServeWorld world_;
  Protection protection_;
  Moment now_{1'700'000'000, 5'000'000};
};

TEST_F(Guarding, NoMoreMessagesOfOneNetworkReachTheHandlerThanErrorsWould) {
  LimitTo(5, 0);
  world_.HandOver();
  const auto handed_over = [this](Transport transport) {
    int count = 0;
    for (int i = 0; i < 50; ++i) {
      const auto update = QueryPacket("example.com", 6).Flags(5 << 11).Build();
      count += world_.Respond(update, transport) == Responder::kHandOver ? 1 : 0;
    }
    return count;
  };
  EXPECT_LT(handed_over(Transport::kUdp), 15);
  EXPECT_EQ(handed_over(Transport::kTcp), 50);
  EXPECT_GE(world_.figures().rate_dropped, 35U);
  protection_.rate_limits.exempt = PrefixSet({*IpPrefix::Parse("203.0.113.0/24")});
  EXPECT_EQ(handed_over(Transport::kUdp), 50);
}

TEST_F(Guarding, AClientLearnsACookieAndProvesItselfWithIt) {
  const Bytes learned = Learned();
  ASSERT_EQ(learned.size(), 24U);
  EXPECT_EQ(world_.Ask(Www(learned)).Option(kCookie), std::string(learned.begin(), learned.end()));
  EXPECT_EQ(world_.figures().cookies_good, 1U);
  Bytes forged = learned;
  forged.back() ^= 1;
  const auto reply = world_.Ask(Www(forged));
  EXPECT_EQ(reply.rcode(), 0U) << "a bad cookie is as good as none";
  EXPECT_TRUE(reply.Option(kCookie));
  EXPECT_EQ(world_.figures().cookies_bad, 1U);
}

TEST_F(Guarding, WithoutCookiesTheOptionIsPassedOver) {
  protection_.cookies.reset();
  EXPECT_FALSE(world_.Ask(Www(kClient)).Option(kCookie));
}

TEST_F(Guarding, AMalformedCookieIsAFormatError) {
  const auto reply = world_.Ask(Www(Bytes(7)));
  EXPECT_EQ(reply.rcode(), 1U);
  EXPECT_FALSE(reply.Option(kCookie));
}

TEST_F(Guarding, ACookieMayBeAskedForWithoutAQuestion) {
  // RFC 7873 section 5.4.
  const auto ask = [this](const Bytes& cookie) {
    const auto size = static_cast<unsigned>(cookie.size());
    Bytes packet;
    for (const unsigned word : {7U, 0U, 0U, 0U, 0U, 1U}) test::Put16(packet, word);
    test::PutAll(packet, std::string_view("\0\0\x29\4\xD0\0\0\0\0", 9));
    for (const unsigned word : {size + 4, unsigned{kCookie}, size}) test::Put16(packet, word);
    packet.insert(packet.end(), cookie.begin(), cookie.end());
    return test::ReadMessage(world_.reply(world_.Respond(packet))).value();
  };
  const Bytes learned = Learned();
  Bytes forged = learned;
  forged.back() ^= 1;
  for (const bool is_required : {false, true}) {
    protection_.requires_cookies = is_required;
    EXPECT_EQ(ask(kClient).rcode(), 0U);
    EXPECT_FALSE(ask(kClient).has_question);
    EXPECT_EQ(ask(kClient).Option(kCookie)->size(), 24U);
    EXPECT_EQ(ask(learned).rcode(), 0U);
    EXPECT_EQ(ask(forged).rcode(), kBadCookie);
    EXPECT_EQ(ask(forged).Option(kCookie)->size(), 24U);
  }
  protection_.cookies.reset();
  EXPECT_EQ(ask(kClient).rcode(), 1U);
}

TEST_F(Guarding, RequiredCookiesTurnTheUnprovenAway) {
  const Bytes learned = Learned();
  protection_.requires_cookies = true;
  const auto with_option = world_.Ask(Www(kClient));
  EXPECT_EQ(with_option.rcode(), kBadCookie);
  EXPECT_TRUE(with_option.answer.empty());
  EXPECT_EQ(with_option.Option(kCookie)->size(), 24U);
  const auto without = world_.Ask(Www());
  EXPECT_TRUE(without.truncated());
  EXPECT_TRUE(without.answer.empty());
  EXPECT_EQ(world_.figures().unproven, 2U);
  EXPECT_EQ(world_.Ask(Www(learned)).answer.size(), 1U);
  EXPECT_EQ(world_.Ask(Www(), Transport::kTcp).answer.size(), 1U) << "TCP proves the address";
}

TEST_F(Guarding, OverTheLimitAnswersAreDroppedOrSlip) {
  LimitTo(10, 0);
  EXPECT_EQ(AnsweredOf(100, "www.example.com"), 10);
  EXPECT_EQ(world_.figures().rate_dropped, 90U);
  LimitTo(10, 1);
  EXPECT_EQ(AnsweredOf(10, "www.example.com"), 10);
  const auto slipped = world_.Ask(Www());
  EXPECT_TRUE(slipped.truncated());
  EXPECT_TRUE(slipped.answer.empty());
  EXPECT_EQ(world_.figures().rate_slipped, 1U);
  LimitTo(10, 2);
  EXPECT_NEAR(AnsweredOf(1010, "www.example.com"), 510, 100);
}

TEST_F(Guarding, AnswersThatAreAlikeShareALimit) {
  world_.Zone("example.net", "moved DNAME elsewhere.test.\n");
  LimitTo(10, 0);
  EXPECT_EQ(AnsweredOf(100, "www.example.com"), 10);
  EXPECT_EQ(AnsweredOf(100, "www2.example.com"), 10) << "another question";
  int random_names = 0;
  int random_wildcards = 0;
  int random_below_dname = 0;
  for (int i = 0; i < 100; ++i) {
    random_names += AnsweredOf(1, "n" + std::to_string(i) + ".example.com");
    random_wildcards += AnsweredOf(1, "n" + std::to_string(i) + ".wild.example.com");
    random_below_dname += AnsweredOf(1, "n" + std::to_string(i) + ".moved.example.net");
  }
  EXPECT_EQ(random_names, 10) << "random subdomains are alike";
  EXPECT_EQ(random_wildcards, 10);
  EXPECT_EQ(random_below_dname, 10);
  EXPECT_EQ(AnsweredOf(100, "a.sub.example.com"), 10) << "referrals";
  EXPECT_EQ(AnsweredOf(100, "www.example.com", 16), 10) << "no such data";
  EXPECT_EQ(AnsweredOf(50, "example.org") + AnsweredOf(50, "example.info"), 10) << "errors";
}

TEST_F(Guarding, TheProvenAndTheExemptAreNotLimited) {
  const Bytes learned = Learned();
  LimitTo(10, 0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(world_.Ask(Www(learned)).answer.size(), 1U);
  EXPECT_EQ(AnsweredOf(100, "www.example.com", 1, Transport::kTcp), 100);
  protection_.rate_limits.exempt = PrefixSet({*IpPrefix::Parse("203.0.113.0/24")});
  EXPECT_EQ(AnsweredOf(100, "www.example.com"), 100);
}

TEST_F(Guarding, StrangersAreRefusedAndTold) {
  protection_.allow_query = PrefixSet({*IpPrefix::Parse("10.0.0.0/8")});
  const auto reply = world_.Ask(Www().Edns());
  EXPECT_EQ(reply.rcode(), 5U);
  EXPECT_EQ(reply.Option(kExtendedError), std::string("\0\x12", 2)) << "Prohibited";
  EXPECT_EQ(world_.figures().access_refused, 1U);
  protection_.allow_query = PrefixSet({*IpPrefix::Parse("203.0.113.53")});
  EXPECT_EQ(world_.Ask(Www()).answer.size(), 1U);
}

TEST_F(Guarding, AZoneMayBeClosedToStrangers) {
  world_.Zone("closed.test", "www A 192.0.2.1\n").OpenTo("10.0.0.0/8");
  world_.Zone("example.net", "alias CNAME www.closed.test.\n");
  const auto reply = world_.Ask(QueryPacket("www.closed.test", 1).Edns());
  EXPECT_EQ(reply.rcode(), 5U);
  EXPECT_EQ(reply.Option(kExtendedError), std::string("\0\x12", 2));
  EXPECT_EQ(world_.Ask("alias.example.net", 1).answer.size(), 1U) << "the alias, not its target";
  EXPECT_EQ(world_.figures().access_refused, 2U);
  EXPECT_EQ(world_.Ask("www.example.com", 1).rcode(), 0U) << "other zones stay open";
}

TEST_F(Guarding, AZoneIsOpenToItsNetworks) {
  world_.Zone("closed.test", "www A 192.0.2.1\n").OpenTo("203.0.113.0/24");
  EXPECT_EQ(world_.Ask("www.closed.test", 1).answer.size(), 1U);
}

TEST_F(Guarding, NoReplyIsLongerThanTheServerAllows) {
  protection_.max_udp_payload = 512;
  world_.Obey(protection_, now_);
  const auto reply = world_.Ask(QueryPacket("big.example.com", 16).Edns(4096));
  EXPECT_EQ(reply.opt->klass, 512) << "and says so";
  EXPECT_LE(world_.Respond(QueryPacket("big.example.com", 16).Edns(4096).Build()), 512U);
}

TEST_F(Guarding, AllocatesNothing) {
  LimitTo(10, 2);
  const Bytes plain = Www().Build();
  const Bytes proven = Www(Learned()).Build();
  const uint64_t before = test::AllocationsOfThisThread();
  for (int i = 0; i < 1000; ++i) {
    world_.Respond(plain);
    world_.Respond(proven);
  }
  EXPECT_EQ(test::AllocationsOfThisThread(), before);
}

TEST_F(Guarding, ExtendedErrorsSayWhy) {
  const auto error_of = [this](const QueryPacket& query) {
    return world_.Ask(query).Option(kExtendedError).value_or("none");
  };
  EXPECT_EQ(error_of(QueryPacket("www.example.org", 1).Edns()), std::string("\0\x14", 2));
  EXPECT_EQ(error_of(QueryPacket("example.com", 1).Flags(2 << 11).Edns()),
            std::string("\0\x15", 2));
  EXPECT_EQ(error_of(Www().Edns()), "none");
  world_.ForgetSnapshot();
  EXPECT_EQ(error_of(Www().Edns()), std::string("\0\x0E", 2));
}

TEST_F(Guarding, KeepaliveIsToldToConnectionsThatAsk) {
  world_.Obey(protection_, now_, 100);
  const QueryPacket asks = Www().Option(11, {});
  EXPECT_EQ(world_.Ask(asks, Transport::kTcp).Option(11), std::string("\0\x64", 2));
  EXPECT_FALSE(world_.Ask(Www().Edns(), Transport::kTcp).Option(11));
  world_.Obey(protection_, now_);
  EXPECT_FALSE(world_.Ask(asks).Option(11)) << "not over UDP";
}

TEST_F(Guarding, PaddingIsForEncryptedConnectionsThatPad) {
  const QueryPacket pads = Www().Option(12, Bytes(20));
  EXPECT_EQ(world_.Respond(pads.Build(), Transport::kTls), 468U);
  EXPECT_TRUE(world_.Ask(pads, Transport::kTls).Option(12));
  EXPECT_FALSE(world_.Ask(pads, Transport::kTcp).Option(12));
  EXPECT_FALSE(world_.Ask(Www().Edns(), Transport::kTls).Option(12));
}

}  // namespace
}  // namespace waypost::serve
