#include <gmock/gmock.h>

#include "healthd/probe/dns_dialogue.h"
#include "tests/support/udp_server.h"
#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using test::UdpServer;
using testing::HasSubstr;
using Datagrams = std::vector<std::string>;

Datagrams Echo(const std::string& datagram) { return {datagram}; }
Datagrams Silence(const std::string&) { return {}; }

class UdpProbe : public testing::Test {
 protected:
  v1::UdpProbe& monitor() { return *target.mutable_monitor()->mutable_udp(); }
  void SetUp() override {
    monitor().set_port(server.port());
    monitor().set_send("ping");
    SetTimeout(target, 300);
  }
  void Expect(v1::Layer layer, const std::string& detail) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_EQ(outcome.failure.layer, layer);
    EXPECT_EQ(outcome.failure.detail, detail);
  }

  UdpServer server{Echo};
  v1::Target target = TargetAt("127.0.0.1");
};

TEST_F(UdpProbe, TakesAnyAnswerIfItExpectsNone) {
  const Outcome outcome = ProbeOnce(target);
  EXPECT_TRUE(outcome.succeeded()) << outcome.failure.detail;
  EXPECT_GT(outcome.phases.first_byte_us, 0U);
  server.Answer([](const auto&) { return Datagrams{""}; });
  Expect(v1::LAYER_NONE, "");
}

TEST_F(UdpProbe, ExpectsATextOrOctets) {
  monitor().set_expect("pong");
  Expect(v1::LAYER_CONTENT, "\"ping\" came, want \"pong\"");
  monitor().clear_send();
  monitor().set_send_hex("ff00Fe");
  monitor().clear_expect();
  monitor().set_expect_hex("00fE");
  Expect(v1::LAYER_NONE, "");
}

TEST_F(UdpProbe, TellsAClosedPortFromSilence) {
  server.Answer(Silence);
  SetTimeout(target, 60);
  Expect(v1::LAYER_RESPONSE, "timed out after 60 ms");
  monitor().set_port(test::FreePort());
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_CONNECT);
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_REFUSED);
}

TEST_F(UdpProbe, RefusesOctetsThatAreNone) {
  using Spoil = void (*)(v1::UdpProbe&);
  for (const Spoil spoil : std::initializer_list<Spoil>{
           [](v1::UdpProbe& udp) { udp.clear_send(); },
           [](v1::UdpProbe& udp) { udp.set_send_hex("00"); },
           [](v1::UdpProbe& udp) { udp.set_expect_hex("0"); },
           [](v1::UdpProbe& udp) { udp.set_expect_hex("0g"); },
           [](v1::UdpProbe& udp) { udp.set_send(std::string(1201, 'x')); },
           [](v1::UdpProbe& udp) { udp.set_port(0); },
       }) {
    v1::Target spoiled = target;
    spoil(*spoiled.mutable_monitor()->mutable_udp());
    EXPECT_FALSE(BuildSpec(spoiled)) << spoiled.DebugString();
  }
}

/// A reply with these flags and this answer section, to a query of ours (its EDNS record dropped).
std::string ReplyTo(const std::string& query, unsigned flags, const std::string& answers,
                    unsigned count) {
  const size_t question_end = query.find('\0', 12) + 5;
  std::string reply = query.substr(0, question_end) + answers;
  reply[2] = static_cast<char>(0x80 | flags >> 8);
  reply[3] = static_cast<char>(flags);
  reply[7] = static_cast<char>(count);
  reply[11] = 0;
  return reply;
}

const std::string kAddress{"\xC0\x0C\0\1\0\1\0\0\0\x3C\0\4\xC0\0\2\1", 16};  // A 192.0.2.1

class DnsProbe : public testing::Test {
 protected:
  v1::DnsProbe& monitor() { return *target.mutable_monitor()->mutable_dns(); }
  void SetUp() override {
    monitor().set_port(server.port());
    monitor().set_name("www.Example.com");
    SetTimeout(target, 300);
  }
  void Expect(v1::Fault fault, const std::string& detail) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_EQ(outcome.failure.fault, fault);
    EXPECT_THAT(outcome.failure.detail, HasSubstr(detail));
  }
  void Answer(unsigned flags, const std::string& answers, unsigned count) {
    server.Answer(
        [=](const auto& query) { return Datagrams{ReplyTo(query, flags, answers, count)}; });
  }

  UdpServer server{Silence};
  v1::Target target = TargetAt("127.0.0.1");
};

TEST_F(DnsProbe, WantsNoerrorUnlessToldOtherwise) {
  Answer(0, kAddress, 1);
  Expect(v1::FAULT_NONE, "");
  Answer(3, "", 0);
  Expect(v1::FAULT_STATUS, "rcode NXDOMAIN, want NOERROR");
  monitor().set_rcode("nxdomain");
  Expect(v1::FAULT_NONE, "");
}

TEST_F(DnsProbe, LooksForAnswers) {
  Answer(0, kAddress, 1);
  monitor().add_answers("192.0.2.1");
  Expect(v1::FAULT_NONE, "");
  monitor().add_answers("192.0.2.2");
  Expect(v1::FAULT_BODY, "answer lacks A \"192.0.2.2\"");
  Answer(0x200, "", 0);
  Expect(v1::FAULT_BODY, "it is cut off");
}

TEST_F(DnsProbe, ComparesNamesWithoutCase) {
  monitor().set_type("cname");
  monitor().add_answers("Edge.EXAMPLE.net.");
  const std::string answer("\xC0\x0C\0\5\0\1\0\0\0\x3C\0\x12\4eDge\7example\3net\0", 30);
  Answer(0, answer, 1);
  Expect(v1::FAULT_NONE, "");
}

TEST_F(DnsProbe, PassesOverForgedAndLateReplies) {
  server.Answer([](const auto& query) {
    std::string other_id = ReplyTo(query, 3, "", 0);
    other_id[0] = static_cast<char>(other_id[0] ^ 1);
    std::string other_name = ReplyTo(query, 3, "", 0);
    other_name[13] = 'x';
    return Datagrams{"", "junk", query, other_id, other_name, ReplyTo(query, 0, kAddress, 1)};
  });
  Expect(v1::FAULT_NONE, "");
}

TEST_F(DnsProbe, NamesWhatIsNoMessage) {
  server.Answer(
      [](const auto& query) { return Datagrams{ReplyTo(query, 0, std::string("\xC0", 1), 1)}; });
  Expect(v1::FAULT_MALFORMED, "invalid reply: ");
}

TEST_F(DnsProbe, RefusesWhatCannotBeAsked) {
  using Spoil = void (*)(v1::DnsProbe&);
  for (const Spoil spoil : std::initializer_list<Spoil>{
           [](v1::DnsProbe& dns) { dns.clear_name(); },
           [](v1::DnsProbe& dns) { dns.set_name(std::string(300, 'a')); },
           [](v1::DnsProbe& dns) { dns.set_type("NONE"); },
           [](v1::DnsProbe& dns) { dns.set_rcode("FINE"); },
           [](v1::DnsProbe& dns) { dns.add_answers("somewhere"); },
           [](v1::DnsProbe& dns) { dns.add_answers("192.0.2.1\n. IN A 192.0.2.2"); },
       }) {
    v1::Target spoiled = target;
    spoil(*spoiled.mutable_monitor()->mutable_dns());
    EXPECT_FALSE(BuildSpec(spoiled)) << spoiled.DebugString();
  }
}

TEST_F(DnsProbe, ReadsAStreamInPieces) {
  monitor().set_transport(v1::DNS_TRANSPORT_TCP);
  const auto spec = std::get<DnsSpec>(BuildSpec(target)->what);
  for (size_t piece = 1; piece < 64; ++piece) {
    DnsDialogue dialogue(spec, 0x1234);
    const std::string query(dialogue.Output().substr(2));
    std::string stream = ReplyTo(query, 0, kAddress, 1);
    stream = std::string{0, static_cast<char>(stream.size())} + stream;
    for (size_t at = 0; at < stream.size(); at += piece) dialogue.Feed(stream.substr(at, piece));
    EXPECT_TRUE(dialogue.decided()) << piece;
    EXPECT_FALSE(dialogue.failure()) << dialogue.failure().detail;
  }
}

TEST_F(DnsProbe, AStreamThatEndsIsNoReply) {
  monitor().set_transport(v1::DNS_TRANSPORT_TCP);
  const auto spec = std::get<DnsSpec>(BuildSpec(target)->what);
  DnsDialogue dialogue(spec, 1);
  dialogue.Feed(std::string("\0\x20half", 6));
  dialogue.End();
  EXPECT_EQ(dialogue.failure().detail, "connection closed within a reply");
}

}  // namespace
}  // namespace waypost::probe
