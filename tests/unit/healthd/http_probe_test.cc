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
    EXPECT_EQ(outcome.failure.layer, layer);
    EXPECT_EQ(outcome.failure.detail, detail);
    EXPECT_TRUE(outcome.conclusive);
  }
  void ExpectFailedWithin(v1::Layer layer, const std::string& detail, int most_ms) {
    const auto begin = std::chrono::steady_clock::now();
    Expect(layer, detail);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(most_ms));
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
  Expect(v1::LAYER_CONTENT, "status 302, want 200-299, redirects to \"/\"");
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
  Expect(v1::LAYER_CONTENT, "body lacks \"ok\" within its first 64 KiB");
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
  EXPECT_GE(outcome.failure.layer, v1::LAYER_CONNECT);
  EXPECT_EQ(outcome.failure.detail, "connection reset");
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

TEST_F(HttpProbe, MatchesAPatternInTheBody) {
  monitor().mutable_expect()->set_body_pattern("^status: (up|warming)$");
  server.Reply(200, "status: warming");
  Expect(v1::LAYER_NONE, "");
  server.Reply(200, "status: upside down");
  Expect(v1::LAYER_CONTENT, "body does not match \"^status: (up|warming)$\"");
}

TEST_F(HttpProbe, AnEvilPatternTakesNoTime) {
  monitor().mutable_expect()->set_body_pattern("(a*)*b");
  server.Reply(200, std::string(60'000, 'a'));
  ExpectFailedWithin(v1::LAYER_CONTENT, "body does not match \"(a*)*b\"", 2000);
}

TEST_F(HttpProbe, NamesAPatternThatIsNone) {
  monitor().mutable_expect()->set_body_pattern("(");
  Expect(v1::LAYER_CONTENT, "body_pattern: missing ): (");
}

TEST_F(HttpProbe, PostsABody) {
  monitor().set_method("POST");
  monitor().set_body("{\"probe\": true}\r\n\r\n");
  Expect(v1::LAYER_NONE, "");
  EXPECT_THAT(server.last_request(), HasSubstr("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(server.last_request(), HasSubstr("Content-Length: 19\r\n"));
  EXPECT_THAT(server.last_request(), HasSubstr("{\"probe\": true}"));
}

TEST_F(HttpProbe, ALateAnswerIsAFailureOfItsOwn) {
  server.Behave({Kind::kDrip, HttpReply(200, "ok"), std::chrono::milliseconds(2)});
  target.mutable_monitor()->mutable_http()->mutable_expect()->set_body("ok");
  target.mutable_monitor()->mutable_max_latency()->set_nanos(20'000'000);
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_SLOW);
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_RESPONSE);
  EXPECT_THAT(outcome.failure.detail, HasSubstr("ms, want at most 20 ms"));
}

TEST_F(HttpProbe, APhaseHasATimeoutOfItsOwn) {
  server.Behave({Kind::kHang});
  target.mutable_monitor()->mutable_phase_timeouts()->mutable_exchange()->set_nanos(70'000'000);
  ExpectFailedWithin(v1::LAYER_RESPONSE, "timed out after 70 ms", 1500);
  server.Reply(200);
  Expect(v1::LAYER_NONE, "");
}

TEST_F(HttpProbe, TellsProgramsWhatWentWrong) {
  const auto fault = [this] { return ProbeOnce(target).failure.fault; };
  EXPECT_EQ(fault(), v1::FAULT_NONE);
  server.Reply(503);
  EXPECT_EQ(fault(), v1::FAULT_STATUS);
  server.Behave({Kind::kReply, "SSH-2.0-OpenSSH_9.2\r\n"});
  EXPECT_EQ(fault(), v1::FAULT_MALFORMED);
  server.Behave({Kind::kClose});
  EXPECT_EQ(fault(), v1::FAULT_CLOSED);
  server.Behave({Kind::kReset});
  EXPECT_EQ(fault(), v1::FAULT_RESET);
  server.Refuse();
  EXPECT_EQ(fault(), v1::FAULT_REFUSED);
}

}  // namespace
}  // namespace waypost::probe
