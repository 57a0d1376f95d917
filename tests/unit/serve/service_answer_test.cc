#include "dnsd/serve/service_answer.h"

#include <gmock/gmock.h>

#include "dnsd/serve/responder.h"
#include "dnsd/zone/rdata_text.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/dns_message.h"
#include "tests/support/served_world.h"

namespace waypost::serve {
namespace {

using liveness::Standing;
using test::QueryPacket;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using zone::Type;

std::vector<std::string> TextOf(const std::vector<test::MessageRecord>& records) {
  std::vector<std::string> lines;
  for (const auto& record : records) {
    const auto* octets = reinterpret_cast<const uint8_t*>(record.rdata.data());
    lines.push_back(record.owner + " " + std::to_string(record.ttl) + " " +
                    zone::TypeName(record.type) + " " +
                    zone::RdataText(record.type, {octets, record.rdata.size()}));
  }
  return lines;
}

/// A service in two regions, the second of which stands by.
class ServiceAnswer : public ::testing::Test {
 protected:
  ServiceAnswer() : responder_(identity_, &steer::Decide, 1, *tally_) {
    test::World& world = served_.world;
    world.AddRegion("eu");
    world.AddRegion("us");
    world.AddPool("web-eu", "eu", {"192.0.2.1", "192.0.2.2", "2001:db8::1"});
    world.AddPool("web-us", "us", {"203.0.113.1"}, 50);
    world.AddPolicy("web", "steps { failover {} }");
    world.AddRecord("www.example.com", "web", {"web-eu", "web-us"},
                    "types: [RECORD_TYPE_A, RECORD_TYPE_AAAA, RECORD_TYPE_HTTPS]"
                    "service { alpn: ['h2', 'h3'] }");
    world.AddRecord("_sip._tcp.example.com", "web", {"web-eu", "web-us"},
                    "types: RECORD_TYPE_SRV service { port: 5060 targets: 'sip.example.com' }");
  }

  void Serve() {
    served_.AddZone("example.com", "");
    snapshot_ = &served_.Build();
  }
  const test::Message& Ask(const QueryPacket& query, Transport transport = Transport::kUdp) {
    out_.resize(wire::kMaxMessageOctets);
    const auto packet = query.Build();
    const size_t size = responder_.Respond(packet, {}, transport, snapshot_, out_);
    reply_ = test::ReadMessage(std::span(out_).first(size)).value();
    return reply_;
  }
  const test::Message& Ask(const char* name, uint16_t type) {
    return Ask(QueryPacket(name, type).Edns());
  }

  test::ServedWorld served_;
  const Identity identity_{"", ""};
  const std::unique_ptr<Tally> tally_ = std::make_unique<Tally>();
  Responder responder_;
  const Snapshot* snapshot_ = nullptr;
  std::vector<uint8_t> out_;
  test::Message reply_;
};

TEST_F(ServiceAnswer, HttpsHasTheFrontAtOneAndTheStandbyAtTwo) {
  Serve();
  EXPECT_THAT(TextOf(Ask("www.example.com", Type::kHttps).answer),
              ElementsAre("www.example.com 60 HTTPS 1 web-eu.www.example.com. alpn=h2,h3 "
                          "ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1",
                          "www.example.com 60 HTTPS 2 web-us.www.example.com. alpn=h2,h3 "
                          "ipv4hint=203.0.113.1"));
  EXPECT_THAT(TextOf(reply_.additional), ElementsAre("web-eu.www.example.com 60 A 192.0.2.1",
                                                     "web-eu.www.example.com 60 A 192.0.2.2",
                                                     "web-eu.www.example.com 60 AAAA 2001:db8::1",
                                                     "web-us.www.example.com 60 A 203.0.113.1"));
}

TEST_F(ServiceAnswer, SrvNamesEachEndpointWithItsWeight) {
  Serve();
  served_.world.SetEndpointWeight("web-eu/192.0.2.2", 30);
  served_.world.SetStanding("web-eu/2001:db8::1", Standing::kDown);
  EXPECT_THAT(
      TextOf(Ask("_sip._tcp.example.com", Type::kSrv).answer),
      ElementsAre("_sip._tcp.example.com 60 SRV 1 100 5060 192-0-2-1.web-eu.sip.example.com.",
                  "_sip._tcp.example.com 60 SRV 1 30 5060 192-0-2-2.web-eu.sip.example.com.",
                  "_sip._tcp.example.com 60 SRV 2 50 5060 203-0-113-1.web-us.sip.example.com."));
  EXPECT_THAT(TextOf(reply_.additional),
              ElementsAre("192-0-2-1.web-eu.sip.example.com 60 A 192.0.2.1",
                          "192-0-2-2.web-eu.sip.example.com 60 A 192.0.2.2",
                          "203-0-113-1.web-us.sip.example.com 60 A 203.0.113.1"));
}

TEST_F(ServiceAnswer, WhenTheFrontIsDownTheStandbyIsTheOnlyOne) {
  Serve();
  served_.world.SetStanding("web-eu", Standing::kDown);
  EXPECT_THAT(TextOf(Ask("www.example.com", Type::kHttps).answer),
              ElementsAre(StartsWith("www.example.com 60 HTTPS 1 web-us.www.example.com.")));
}

TEST_F(ServiceAnswer, TargetsAnswerWithTheirOwnHealthyAddresses) {
  Serve();
  served_.world.SetStanding("web-eu/192.0.2.1", Standing::kDown);
  EXPECT_THAT(TextOf(Ask("web-eu.www.example.com", Type::kA).answer),
              ElementsAre("web-eu.www.example.com 60 A 192.0.2.2"));
  EXPECT_THAT(TextOf(Ask("web-eu.www.example.com", Type::kAaaa).answer),
              ElementsAre("web-eu.www.example.com 60 AAAA 2001:db8::1"));
  EXPECT_THAT(Ask("web-eu.www.example.com", Type::kHttps).answer, IsEmpty());
  EXPECT_EQ(reply_.rcode(), 0U);
}

TEST_F(ServiceAnswer, ANameThatSpellsAnEndpointHasItsAddress) {
  Serve();
  served_.world.SetStanding("web-eu", Standing::kDown);  // the name says nothing about health
  EXPECT_THAT(TextOf(Ask("192-0-2-1.WEB-eu.sip.example.com", Type::kA).answer),
              ElementsAre("192-0-2-1.WEB-eu.sip.example.com 60 A 192.0.2.1"));
  EXPECT_THAT(TextOf(Ask("2001-db8-0-0-0-0-0-1.web-eu.sip.example.com", Type::kAaaa).answer),
              ElementsAre("2001-db8-0-0-0-0-0-1.web-eu.sip.example.com 60 AAAA 2001:db8::1"));
  EXPECT_THAT(Ask("192-0-2-1.web-eu.sip.example.com", Type::kAaaa).answer, IsEmpty());
  EXPECT_EQ(reply_.rcode(), 0U);
}

TEST_F(ServiceAnswer, ANameThatSpellsNothingDoesNotExist) {
  Serve();
  for (const char* name : {"192-0-2-9.web-eu.sip.example.com", "203-0-113-1.web-eu.sip.example.com",
                           "x.192-0-2-1.web-eu.sip.example.com", "web.web-eu.sip.example.com"}) {
    for (const uint16_t type : {Type::kA, Type::kTxt}) {
      EXPECT_EQ(Ask(name, type).rcode(), 3U) << name;
      EXPECT_EQ(reply_.authority.size(), 1U);
    }
  }
}

TEST_F(ServiceAnswer, APortOfItsOwnMakesAnEndpointATarget) {
  served_.world.AddRecord("_8443._https.example.com", "web", {"ports", "web-us"},
                          "types: RECORD_TYPE_HTTPS types: RECORD_TYPE_SRV service { port: 8443 }");
  v1::Pool& pool = served_.world.AddPool("ports", "eu", {"192.0.2.7", "192.0.2.8"});
  pool.mutable_endpoints(1)->set_port(31000);
  Serve();
  EXPECT_THAT(
      TextOf(Ask("_8443._https.example.com", Type::kHttps).answer),
      ElementsAre("_8443._https.example.com 60 HTTPS 1 192-0-2-7.ports.example.com. port=8443 "
                  "ipv4hint=192.0.2.7",
                  "_8443._https.example.com 60 HTTPS 1 192-0-2-8.ports.example.com. port=31000 "
                  "ipv4hint=192.0.2.8",
                  "_8443._https.example.com 60 HTTPS 2 web-us.example.com. port=8443 "
                  "ipv4hint=203.0.113.1"));
  EXPECT_THAT(TextOf(Ask("_8443._https.example.com", Type::kSrv).answer)[1],
              "_8443._https.example.com 60 SRV 1 100 31000 192-0-2-8.ports.example.com.");
}

TEST_F(ServiceAnswer, PoolsOfNamesAreTargetsByThemselves) {
  served_.world.AddPool("cdn", "eu", {"edge.example.net"});
  served_.world.AddRecord("example.com", "web", {"cdn", "web-us"}, "types: RECORD_TYPE_HTTPS");
  Serve();
  EXPECT_THAT(TextOf(Ask("example.com", Type::kHttps).answer),
              ElementsAre("example.com 60 HTTPS 1 edge.example.net.",
                          "example.com 60 HTTPS 2 web-us.example.com. ipv4hint=203.0.113.1"));
}

TEST_F(ServiceAnswer, NothingToSendToIsANegativeAnswer) {
  served_.world.AddPolicy("strict", "steps { failover {} } on_all_down: ON_ALL_DOWN_NONE");
  served_.world.AddRecord("strict.example.com", "strict", {"web-eu"}, "types: RECORD_TYPE_HTTPS");
  Serve();
  served_.world.SetStanding("web-eu", Standing::kDown);
  EXPECT_THAT(Ask("strict.example.com", Type::kHttps).answer, IsEmpty());
  EXPECT_THAT(reply_.authority.size(), 1U);
}

/// Thirty endpoints, of which eight at most stand in a tier.
class LargeServiceAnswer : public ServiceAnswer {
 protected:
  LargeServiceAnswer() {
    std::vector<std::string> addresses;
    for (int i = 1; i <= 30; ++i) addresses.push_back("2001:db8::" + std::to_string(i));
    served_.world.AddPool("large", "eu", addresses);
    served_.world.AddRecord("big.example.com", "web", {"large", "web-eu"},
                            "types: [RECORD_TYPE_HTTPS, RECORD_TYPE_SRV] service { port: 1 }");
  }
};

TEST_F(LargeServiceAnswer, TiersShareThePlacesOfAnAnswer) {
  Serve();
  EXPECT_EQ(Ask("big.example.com", Type::kSrv).answer.size(), 8U + 3U);
  EXPECT_FALSE(reply_.truncated());
}

TEST_F(LargeServiceAnswer, AddressesAreLeftOutBeforeHintsAre) {
  Serve();
  const auto text = [&](uint16_t payload) {
    return TextOf(Ask(QueryPacket("big.example.com", Type::kHttps).Edns(payload)).answer);
  };
  ASSERT_EQ(text(512).size(), 2U);
  EXPECT_THAT(text(512)[0], ::testing::HasSubstr("ipv6hint"));
  EXPECT_THAT(reply_.additional.size(), ::testing::Lt(11U)) << "addresses only as they fit";
  EXPECT_FALSE(reply_.truncated());
}

TEST_F(LargeServiceAnswer, RecordsThatDoNotFitAreTruncatedAndWholeOverTcp) {
  Serve();
  const QueryPacket query = QueryPacket("big.example.com", Type::kSrv).Edns(512);
  EXPECT_TRUE(Ask(query).truncated());
  EXPECT_THAT(reply_.answer, IsEmpty());
  EXPECT_EQ(Ask(query, Transport::kTcp).answer.size(), 11U);
  EXPECT_EQ(reply_.additional.size(), 11U);
}

TEST_F(LargeServiceAnswer, HintsAreLeftOutWhereTheRecordsFitOnlyWithoutThem) {
  const std::string targets = std::string(60, 'a') + "." + std::string(60, 'b') + ".example.com";
  served_.world.AddRecord("hop.example.com", "web", {"large", "web-eu"},
                          "types: RECORD_TYPE_HTTPS service { targets: '" + targets + "' alpn: '" +
                              std::string(20, 'c') + "' }");
  Serve();
  const auto lines = TextOf(Ask(QueryPacket("hop.example.com", Type::kHttps).Edns(512)).answer);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], ::testing::Not(::testing::HasSubstr("hint")));
  EXPECT_THAT(TextOf(Ask("hop.example.com", Type::kHttps).answer)[0],
              ::testing::HasSubstr("ipv6hint"));
}

TEST_F(ServiceAnswer, AllocatesNothing) {
  Serve();
  for (const auto& [name, type] :
       {std::pair("www.example.com", Type::kHttps), std::pair("_sip._tcp.example.com", Type::kSrv),
        std::pair("192-0-2-1.web-eu.sip.example.com", Type::kA)}) {
    const auto packet = QueryPacket(name, type).Edns().Build();
    out_.resize(wire::kMaxMessageOctets);
    const uint64_t before = test::AllocationsOfThisThread();
    for (int i = 0; i < 100; ++i) {
      EXPECT_GT(responder_.Respond(packet, {}, Transport::kUdp, snapshot_, out_), 50U);
    }
    EXPECT_EQ(test::AllocationsOfThisThread(), before) << name;
  }
}

}  // namespace
}  // namespace waypost::serve
