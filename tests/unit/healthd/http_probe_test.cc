#include <gmock/gmock.h>

#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using test::Behaviour;
using test::HttpReply;
using test::HttpServer;
using Kind = test::Behaviour::Kind;
using testing::HasSubstr;
using testing::Not;

class HttpProbe : public testing::Test {
 protected:
  v1::HttpProbe& monitor() { return *target.mutable_monitor()->mutable_http(); }
  void Expect(v1::Layer layer, const std::string& detail) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_EQ(outcome.failed_layer, layer);
    EXPECT_EQ(outcome.detail, detail);
    EXPECT_TRUE(outcome.conclusive);
  }
  void ExpectFailedWithin(v1::Layer layer, const std::string& detail, int milliseconds) {
    const auto begin = std::chrono::steady_clock::now();
    Expect(layer, detail);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(milliseconds));
  }

  HttpServer server;
  v1::Target target = HttpTarget(server.port());
};

TEST_F(HttpProbe, PassesOnStatus200) { Expect(v1::LAYER_NONE, ""); }

TEST_F(HttpProbe, TimesEveryPhaseThatItReached) {
  const Outcome outcome = ProbeOnce(target);
  EXPECT_GT(outcome.phases.connect_us, 0U);
  EXPECT_EQ(outcome.phases.tls_us, 0U);
  EXPECT_GT(outcome.phases.first_byte_us, 0U);
  EXPECT_GE(outcome.phases.total_us, outcome.phases.connect_us + outcome.phases.first_byte_us);
}

TEST_F(HttpProbe, FailsOnStatus503) {
  server.Reply(503);
  Expect(v1::LAYER_CONTENT, "status 503, want 200-299");
}

TEST_F(HttpProbe, TakesTheStatusesThatTheMonitorNames) {
  for (const char* status : {"200", "404", "500-599"})
    monitor().mutable_expect()->add_status(status);
  server.Reply(503);
  Expect(v1::LAYER_NONE, "");
  server.Reply(404);
  Expect(v1::LAYER_NONE, "");
  server.Reply(201);
  Expect(v1::LAYER_CONTENT, "status 201, want 200, 404, 500-599");
}

TEST_F(HttpProbe, DoesNotFollowRedirects) {
  server.Behave({Kind::kReply, "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"});
  Expect(v1::LAYER_CONTENT, "status 302, want 200-299");
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(HttpProbe, LooksForTextInTheBody) {
  monitor().mutable_expect()->set_body("ok");
  server.Reply(200, "all is ok here");
  Expect(v1::LAYER_NONE, "");
  server.Reply(200, "failing");
  Expect(v1::LAYER_CONTENT, "body lacks \"ok\"");
}

TEST_F(HttpProbe, LooksNoFurtherThan64KibOfTheBody) {
  monitor().mutable_expect()->set_body("ok");
  server.Reply(200, std::string(64 * 1024 - 2, '-') + "ok");
  Expect(v1::LAYER_NONE, "");
  server.Reply(200, std::string(64 * 1024 - 1, '-') + "ok");
  Expect(v1::LAYER_CONTENT, "body lacks \"ok\"");
}

TEST_F(HttpProbe, FailsWhenRefused) {
  server.Refuse();
  ExpectFailedWithin(v1::LAYER_CONNECT, "connection refused", 500);
}

TEST_F(HttpProbe, TimesOutWhenTheBacklogIsFull) {
  const test::FullBacklog backlog;
  target = HttpTarget(backlog.port());
  SetTimeout(target, 100);
  ExpectFailedWithin(v1::LAYER_CONNECT, "timed out after 100 ms", 1000);
}

TEST_F(HttpProbe, TimesOutWhenNothingComesBack) {
  server.Behave({Kind::kHang});
  SetTimeout(target, 100);
  ExpectFailedWithin(v1::LAYER_RESPONSE, "timed out after 100 ms", 1000);
}

TEST_F(HttpProbe, OneDeadlineCoversASlowDrip) {
  server.Behave({Kind::kDrip, HttpReply(200, "ok"), std::chrono::milliseconds(30)});
  SetTimeout(target, 200);
  ExpectFailedWithin(v1::LAYER_RESPONSE, "timed out after 200 ms", 1000);
}

TEST_F(HttpProbe, ReadsAResponseThatDripsInTime) {
  monitor().mutable_expect()->set_body("ok");
  server.Behave({Kind::kDrip, HttpReply(200, "ok"), std::chrono::milliseconds(1)});
  Expect(v1::LAYER_NONE, "");
}

TEST_F(HttpProbe, FailsOnJunk) {
  server.Behave({Kind::kReply, "SSH-2.0-OpenSSH_9.2\r\n"});
  Expect(v1::LAYER_RESPONSE, "invalid response: bad version");
}

TEST_F(HttpProbe, FailsOnAnOversizedHeader) {
  server.Behave({Kind::kReply, "HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"});
  Expect(v1::LAYER_RESPONSE, "header longer than 16 KiB");
}

TEST_F(HttpProbe, FailsWhenTheServerClosesWithoutAWord) {
  server.Behave({Kind::kClose});
  Expect(v1::LAYER_RESPONSE, "connection closed before a response");
}

TEST_F(HttpProbe, FailsWhenTheServerClosesWithinTheResponse) {
  server.Behave({Kind::kReply, "HTTP/1.1 200 OK\r\nContent-"});
  Expect(v1::LAYER_RESPONSE, "connection closed within the response");
  monitor().mutable_expect()->set_body("ok");
  server.Behave({Kind::kReply, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot yet"});
  Expect(v1::LAYER_RESPONSE, "connection closed within the response");
}

TEST_F(HttpProbe, FailsWhenTheServerResets) {
  server.Behave({Kind::kReset});
  const Outcome outcome = ProbeOnce(target);
  EXPECT_GE(outcome.failed_layer, v1::LAYER_CONNECT);
  EXPECT_EQ(outcome.detail, "connection reset");
}

TEST_F(HttpProbe, SendsWhatTheMonitorSays) {
  monitor().set_path("/healthz?deep=1");
  monitor().set_host("www.example.com");
  monitor().set_method("HEAD");
  (*monitor().mutable_headers())["X-Probe"] = "yes";
  (*monitor().mutable_headers())["user-agent"] = "mine";
  Expect(v1::LAYER_NONE, "");
  const std::string request = server.last_request();
  EXPECT_THAT(request, HasSubstr("HEAD /healthz?deep=1 HTTP/1.1\r\n"));
  EXPECT_THAT(request,
              HasSubstr("Host: www.example.com:" + std::to_string(server.port()) + "\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Probe: yes\r\n"));
  EXPECT_THAT(request, HasSubstr("user-agent: mine\r\n"));
  EXPECT_THAT(request, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("waypost-healthd")));
}

TEST_F(HttpProbe, NamesItselfAndTheAddress) {
  ProbeOnce(target);
  EXPECT_THAT(server.last_request(), HasSubstr("User-Agent: waypost-healthd/" WAYPOST_VERSION));
  EXPECT_THAT(server.last_request(), HasSubstr("Host: 127.0.0.1:"));
}

TEST_F(HttpProbe, SpeaksIpv6) {
  HttpServer six({"::1", 0, std::nullopt});
  target = HttpTarget(six.port(), "::1");
  Expect(v1::LAYER_NONE, "");
  EXPECT_THAT(six.last_request(), HasSubstr("Host: [::1]:"));
}

TEST_F(HttpProbe, LeaksNoConnection) {
  for (int i = 0; i < 20; ++i) ProbeOnce(target);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (server.open() > 0 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(server.open(), 0U);
  EXPECT_EQ(server.accepted(), 20U);
}

TEST_F(HttpProbe, StopClosesTheConnectionAndKeepsSilent) {
  server.Behave({Kind::kHang});
  boost::asio::io_context io(1);
  NetworkProber prober(io);
  const auto stop = prober.Start(std::make_shared<Spec>(*BuildSpec(target)),
                                 [](const Outcome&) { ADD_FAILURE() << "was called"; });
  while (server.last_request().empty()) io.run_for(std::chrono::milliseconds(1));
  stop();
  stop();
  io.restart();
  const auto begin = std::chrono::steady_clock::now();
  io.run();  // returns as soon as nothing is left to do
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(TcpProbe, PassesWhenSomethingAccepts) {
  const HttpServer server;
  const Outcome outcome = ProbeOnce(TcpTarget(server.port()));
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_GT(outcome.phases.connect_us, 0U);
  EXPECT_EQ(outcome.phases.first_byte_us, 0U);
}

TEST(TcpProbe, FailsWhenRefused) {
  const Outcome outcome = ProbeOnce(TcpTarget(test::FreePort()));
  EXPECT_EQ(outcome.failed_layer, v1::LAYER_CONNECT);
  EXPECT_EQ(outcome.detail, "connection refused");
}

TEST(TcpProbe, TimesOutWhenTheBacklogIsFull) {
  const test::FullBacklog backlog;
  v1::Target target = TcpTarget(backlog.port());
  SetTimeout(target, 50);
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failed_layer, v1::LAYER_CONNECT);
  EXPECT_EQ(outcome.detail, "timed out after 50 ms");
}

}  // namespace
}  // namespace waypost::probe
