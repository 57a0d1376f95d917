#include <gmock/gmock.h>

#include "healthd/probe/text_dialogue.h"
#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using test::HttpServer;
using Kind = test::Behaviour::Kind;

TEST(TcpProbe, PassesWhenSomethingAccepts) {
  const HttpServer server;
  const Outcome outcome = ProbeOnce(TcpTarget(server.port()));
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_GT(outcome.phases.connect_us, 0U);
  EXPECT_EQ(outcome.phases.first_byte_us, 0U);
}

TEST(TcpProbe, FailsWhenRefused) {
  const Outcome outcome = ProbeOnce(TcpTarget(test::FreePort()));
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_CONNECT);
  EXPECT_EQ(outcome.failure.detail, "connection refused");
}

TEST(TcpProbe, TimesOutWhenTheBacklogIsFull) {
  const test::FullBacklog backlog;
  v1::Target target = TcpTarget(backlog.port());
  SetTimeout(target, 50);
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_CONNECT);
  EXPECT_EQ(outcome.failure.detail, "timed out after 50 ms");
}

class TcpExchange : public testing::Test {
 protected:
  v1::TcpProbe& monitor() { return *target.mutable_monitor()->mutable_tcp(); }
  void Expect(v1::Layer layer, const std::string& detail) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_EQ(outcome.failure.layer, layer);
    EXPECT_EQ(outcome.failure.detail, detail);
  }

  HttpServer server;
  v1::Target target = TcpTarget(server.port());
};

TEST_F(TcpExchange, ReadsABanner) {
  server.Behave({Kind::kGreet, "220 mail.example.com ESMTP\r\n"});
  monitor().set_expect("ESMTP");
  Expect(v1::LAYER_NONE, "");
}

TEST_F(TcpExchange, SendsAndExpects) {
  monitor().set_send("PING\r\n\r\n");
  monitor().set_expect("+PONG");
  server.Behave({Kind::kReply, "+PONG\r\n"});
  Expect(v1::LAYER_NONE, "");
  EXPECT_EQ(server.last_request(), "PING\r\n\r\n");
  server.Behave({Kind::kReply, "-LOADING\r\n"});
  Expect(v1::LAYER_CONTENT, "\"-LOADING  \" came, want \"+PONG\"");
  server.Behave({Kind::kReply, "\xFF\xFE\r\n"});
  Expect(v1::LAYER_CONTENT, "\"\\xFF\\xFE  \" came, want \"+PONG\"");
}

TEST_F(TcpExchange, FailsWhenNothingComes) {
  monitor().set_expect("220");
  server.Behave({Kind::kGreet, ""});
  SetTimeout(target, 60);
  Expect(v1::LAYER_RESPONSE, "timed out after 60 ms");
  monitor().set_send("PING\r\n\r\n");
  server.Behave({Kind::kClose});
  Expect(v1::LAYER_RESPONSE, "connection closed before a response");
}

TEST(TextDialogue, FindsWhatArrivesInPieces) {
  const ExchangeSpec spec{"", "needle"};
  TextDialogue dialogue(spec);
  for (const char* piece : {"hay ne", "e", "dl", "e hay"}) dialogue.Feed(piece);
  EXPECT_TRUE(dialogue.decided());
  EXPECT_FALSE(dialogue.failure());
}

TEST(TextDialogue, LooksNoFurtherThan64Kib) {
  const ExchangeSpec spec{"", "needle"};
  TextDialogue dialogue(spec);
  for (int i = 0; i < 17 && !dialogue.decided(); ++i) dialogue.Feed(std::string(4096, '-'));
  EXPECT_EQ(dialogue.failure().detail, "64 KiB without \"needle\"");
}

}  // namespace
}  // namespace waypost::probe
