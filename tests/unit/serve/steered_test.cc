#include "dnsd/serve/steered.h"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/unit/serve/serve_world.h"

namespace waypost::serve {
namespace {

using namespace std::string_literals;
using steer::Client;
using steer::Want;
using test::Message;
using test::QueryPacket;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using zone::Type;

/// SCOPE PREFIX-LENGTH of the echoed option; -1: none.
int ScopeOf(const Message& reply) {
  const auto option = reply.Option(8);
  return option ? static_cast<uint8_t>((*option)[3]) : -1;
}

QueryPacket FromSubnet(const std::string& name, uint16_t type = Type::kA) {
  return QueryPacket(name, type).Subnet(1, 24, {198, 51, 100});
}

class Steered : public ::testing::Test {
 protected:
  Steered() {
    world_.Endpoint("192.0.2.10").Endpoint("192.0.2.11").Endpoint("2001:db8::10");
    world_.Endpoint("host.example.net").Endpoint("edge.example.com");
    world_.Decides([this](const steer::Record& record, Want want, const Client& client) {
      asked_.push_back({record.name.ToString(), want, client});
      return decision_;
    });
  }

  struct Asked {
    std::string record;
    Want want;
    Client client;
  };

  ServeWorld world_;
  steer::Decision decision_ = Chosen({0, 1});
  std::vector<Asked> asked_;
};

TEST_F(Steered, AddressesAreThoseDecidedWithTheirTtl) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = Chosen({1, 0}, 0, 17);
  const auto reply = world_.Ask("WWW.example.com", Type::kA);
  EXPECT_TRUE(reply.authoritative());
  EXPECT_THAT(Shape(reply.answer), ElementsAre("WWW.example.com 17 1", "WWW.example.com 17 1"));
  EXPECT_EQ(reply.answer[0].rdata, "\xC0\0\2\x0B"s);
  EXPECT_EQ(asked_.at(0).want, Want::kA);
}

TEST_F(Steered, Ipv6AddressesAreWantedForAaaa) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = Chosen({2});
  EXPECT_EQ(world_.Ask("www.example.com", Type::kAaaa).answer.at(0).rdata.size(), 16U);
  EXPECT_EQ(asked_.at(0).want, Want::kAaaa);
}

TEST_F(Steered, OwnersMayBeTheApexOrAWildcard) {
  world_.Zone("example.com", "@ MX 1 mx.example.org.\n",
              {SteeredAddresses("example.com"), SteeredAddresses("*.example.com")});
  EXPECT_EQ(world_.Ask("example.com", Type::kA).answer.size(), 2U);
  EXPECT_EQ(world_.Ask("example.com", Type::kMx).answer.size(), 1U);
  EXPECT_THAT(Shape(world_.Ask("a.b.example.com", Type::kA).answer),
              ElementsAre("a.b.example.com 30 1", "a.b.example.com 30 1"));
  EXPECT_EQ(asked_.at(1).record, "*.example.com");
}

TEST_F(Steered, OtherTypesOfTheOwnerAreStaticOrMissing) {
  world_.Zone("example.com", "www TXT hello\n", {SteeredAddresses("www.example.com")});
  EXPECT_EQ(world_.Ask("www.example.com", Type::kTxt).answer.size(), 1U);
  EXPECT_THAT(Shape(world_.Ask("www.example.com", Type::kMx).authority),
              ElementsAre("example.com 300 6"));
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(Steered, NothingToSendToIsANegativeAnswerOfShortLife) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = {.outcome = steer::Outcome::kNone, .ttl_s = 8};
  const auto reply = world_.Ask("www.example.com", Type::kA);
  EXPECT_EQ(reply.rcode(), 0U);
  EXPECT_THAT(reply.answer, IsEmpty());
  EXPECT_THAT(Shape(reply.authority), ElementsAre("example.com 8 6"));
}

TEST_F(Steered, TheResolverIsTheClientWithoutASubnet) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = Chosen({0}, 20);
  EXPECT_EQ(ScopeOf(world_.Ask("www.example.com", Type::kA)), -1) << "echo only if asked";
  EXPECT_EQ(asked_.at(0).client.address.ToString(), "203.0.113.53");
  EXPECT_EQ(asked_.at(0).client.source_length, 32);
  EXPECT_EQ(asked_.at(0).client.located.class_id, 7U);
}

TEST_F(Steered, TheSubnetIsTheClientAndTheScopeIsTheDecisions) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = Chosen({0}, 20);
  const auto reply = world_.Ask(FromSubnet("www.example.com"));
  EXPECT_EQ(reply.Option(8), "\0\1\x18\x14\xC6\x33\x64"s);
  EXPECT_EQ(asked_.at(0).client.address.ToString(), "198.51.100.0");
  EXPECT_EQ(asked_.at(0).client.source_length, 24);
}

TEST_F(Steered, AScopeMayBeLongerThanTheSource) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = Chosen({0}, 27);
  EXPECT_EQ(ScopeOf(world_.Ask(FromSubnet("www.example.com"))), 27);
}

TEST_F(Steered, ASubnetOfNoBitsAsksNotToBeTailored) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = Chosen({0}, 20);
  const auto reply = world_.Ask(QueryPacket("www.example.com", Type::kA).Subnet(1, 0, {}));
  EXPECT_EQ(reply.Option(8), "\0\1\0\0"s);
  EXPECT_EQ(asked_.at(0).client.address.ToString(), "203.0.113.53");
}

TEST_F(Steered, ZoneAndPolicyCanTurnTheSubnetOff) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")}, /*ecs=*/false);
  world_.Zone("example.net", "", {SteeredAddresses("www.example.net")});
  world_.record(1).ecs = false;
  decision_ = Chosen({0}, 20);
  for (const char* name : {"www.example.com", "www.example.net"}) {
    EXPECT_EQ(ScopeOf(world_.Ask(FromSubnet(name))), 0) << name;
    EXPECT_EQ(asked_.back().client.address.ToString(), "203.0.113.53");
  }
}

TEST_F(Steered, WhatDoesNotDependOnTheClientHasScopeZero) {
  world_.Zone("example.com", "static A 192.0.2.1\n", {SteeredAddresses("www.example.com")});
  decision_ = Chosen({0}, 20);
  EXPECT_EQ(ScopeOf(world_.Ask(FromSubnet("static.example.com"))), 0);
  EXPECT_EQ(ScopeOf(world_.Ask(FromSubnet("missing.example.com"))), 0);
  EXPECT_EQ(ScopeOf(world_.Ask(FromSubnet("www.example.com", Type::kTxt))), 0);
  EXPECT_EQ(ScopeOf(world_.Ask(FromSubnet("www.example.org"))), 0) << "REFUSED";
}

TEST_F(Steered, ANegativeDecisionIsTailoredToo) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  decision_ = {.outcome = steer::Outcome::kFenced, .scope = 16};
  EXPECT_EQ(ScopeOf(world_.Ask(FromSubnet("www.example.com"))), 16);
}

TEST_F(Steered, ACnameAnswersEveryTypeAndIsFollowed) {
  world_.Zone("example.com", "", {SteeredName("www.example.com")})
      .Zone("example.net", "host A 192.0.2.1\nhost TXT hello\n");
  decision_ = Chosen({3});
  for (const uint16_t type : {Type::kA, Type::kTxt}) {
    const auto reply = world_.Ask("www.example.com", type);
    ASSERT_EQ(reply.answer.size(), 2U);
    EXPECT_EQ(reply.answer[0].rdata, test::WireName("host.example.net"));
    EXPECT_EQ(reply.answer[0].ttl, 30U);
    EXPECT_EQ(reply.answer[1].type, type);
  }
  EXPECT_EQ(world_.Ask("www.example.com", Type::kCname).answer.size(), 1U);
  EXPECT_EQ(asked_.at(0).want, Want::kCname);
}

TEST_F(Steered, AnAliasChainHasItsLongestScope) {
  world_.Zone("example.com", "",
              {SteeredName("www.example.com"), SteeredAddresses("edge.example.com")});
  world_.Decides([](const steer::Record&, Want want, const Client&) {
    return want == Want::kCname ? Chosen({4}, 22) : Chosen({0}, 12);
  });
  const auto reply = world_.Ask(FromSubnet("www.example.com"));
  EXPECT_EQ(reply.answer.size(), 2U);
  EXPECT_EQ(ScopeOf(reply), 22);
}

TEST_F(Steered, AStaticAliasLeadsToASteeredName) {
  world_.Zone("example.com", "www CNAME edge\n", {SteeredAddresses("edge.example.com")});
  decision_ = Chosen({0}, 12);
  const auto reply = world_.Ask(FromSubnet("www.example.com"));
  EXPECT_THAT(Shape(reply.answer), ElementsAre("www.example.com 3600 5", "edge.example.com 30 1"));
  EXPECT_EQ(ScopeOf(reply), 12);
}

TEST_F(Steered, AnyOfANameThatOnlyPoliciesAnswerIsHinfo) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  EXPECT_THAT(Shape(world_.Ask("www.example.com", Type::kAny).answer),
              ElementsAre("www.example.com 3600 13"));
}

TEST_F(Steered, DecisionsAreCountedByOutcomeAndPool) {
  world_.Zone("example.com", "", {SteeredAddresses("www.example.com")});
  for (int i = 0; i < 3; ++i) world_.Ask(FromSubnet("www.example.com"));
  decision_ = {.outcome = steer::Outcome::kNone};
  world_.Ask("www.example.com", Type::kA);
  const Figures figures = world_.figures();
  EXPECT_EQ(figures.decisions, 4U);
  EXPECT_EQ(figures.ecs_queries, 3U);
  EXPECT_EQ(figures.outcomes[0], 3U);
  EXPECT_EQ(figures.outcomes[2], 1U);
  EXPECT_EQ(figures.answers_by_slot[11], 3U);
  const auto& times = figures.decision_time_log2_ns;
  EXPECT_EQ(std::accumulate(times.begin(), times.end(), uint64_t{0}), 1U) << "one in 256 is timed";
  EXPECT_GT(figures.decision_time_sum_ns, 0U);
}

}  // namespace
}  // namespace waypost::serve
