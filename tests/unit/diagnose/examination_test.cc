// Whole examinations of servers on loopback, and what is concluded of them.
#include "healthd/diagnose/examination.h"

#include <gmock/gmock.h>

#include <future>

#include "healthd/diagnose/conclude.h"
#include "healthd/diagnose/examiner.h"
#include "healthd/diagnose/order.h"
#include "tests/support/http_server.h"

namespace waypost::diagnose {
namespace {

using test::Behaviour;
using testing::Contains;
using testing::HasSubstr;

v1::DiagnoseRequest RequestFor(const std::string& target, const std::string& protocol = "") {
  v1::DiagnoseRequest request;
  request.set_target(target);
  request.set_protocol(protocol);
  request.set_packets(3);
  return request;
}

v1::Examination OrderFor(const v1::DiagnoseRequest& request) {
  auto order = BuildExamination(request);
  EXPECT_TRUE(order) << order.error().message;
  return *order;
}

Surroundings Anywhere(RttMemory& memory) {
  Surroundings surroundings;
  surroundings.place = "here";
  surroundings.objection = [](const IpAddress&) { return std::string(); };
  surroundings.memory = &memory;
  return surroundings;
}

v1::Conclusion Diagnose(const v1::DiagnoseRequest& request) {
  RttMemory memory;
  const Allowance allowance{std::chrono::steady_clock::now() + std::chrono::minutes(1)};
  return Conclude(
      {Examine(OrderFor(request), Anywhere(memory), allowance, [](const v1::Progress&) {})});
}

std::string At(uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

TEST(Examination, FindsNothingWrongWithAGoodServer) {
  const test::HttpServer server;
  const v1::Conclusion conclusion = Diagnose(RequestFor(At(server.port()), "http"));
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_NONE) << conclusion.DebugString();
}

TEST(Examination, FindsAServiceThatIsDown) {
  const v1::Conclusion conclusion = Diagnose(RequestFor(At(test::FreePort())));
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_SERVICE_DOWN) << conclusion.DebugString();
}

TEST(Examination, FindsAServiceThatAnswersWithAnError) {
  test::HttpServer server;
  server.Reply(503);
  const v1::Conclusion conclusion = Diagnose(RequestFor(At(server.port()), "http"));
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_SERVICE_DOWN) << conclusion.DebugString();
  EXPECT_THAT(conclusion.words(), HasSubstr("503"));
}

TEST(Examination, FindsAnApplicationThatDoesNotAnswer) {
  test::HttpServer server;
  server.Behave({Behaviour::Kind::kHang});
  const v1::Conclusion conclusion = Diagnose(RequestFor(At(server.port()), "http"));
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_SLOW_APPLICATION) << conclusion.DebugString();
}

TEST(Examination, FindsACertificateThatNobodyTrusts) {
  test::HttpServer::Options options;
  options.certificate = test::MakeCertificate({});
  const test::HttpServer server(options);
  const v1::Conclusion conclusion = Diagnose(RequestFor(At(server.port()), "tls"));
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_TLS_FAILURE) << conclusion.DebugString();
}

TEST(Examination, ExaminesOnlyWhatItMay) {
  RttMemory memory;
  Surroundings surroundings = Anywhere(memory);
  surroundings.objection = [](const IpAddress&) { return std::string("not watched here"); };
  const Allowance allowance{std::chrono::steady_clock::now() + std::chrono::minutes(1)};
  const test::HttpServer server;
  const auto findings = Examine(OrderFor(RequestFor(At(server.port()))), surroundings, allowance,
                                [](const v1::Progress&) {});
  EXPECT_EQ(findings.trouble(), "not watched here");
  EXPECT_FALSE(findings.addresses(0).has_echo());
  EXPECT_EQ(server.accepted(), 0U);
}

TEST(Order, DividesHostsAndPorts) {
  EXPECT_EQ(OrderFor(RequestFor("www.example.com:443")).monitor().https().port(), 443U);
  EXPECT_EQ(OrderFor(RequestFor("www.example.com:8080")).monitor().http().host(),
            "www.example.com");
  EXPECT_EQ(OrderFor(RequestFor("[2001:db8::1]:22")).host(), "2001:db8::1");
  EXPECT_EQ(OrderFor(RequestFor("2001:db8::1")).port(), 0U);
  EXPECT_EQ(OrderFor(RequestFor("www.example.com")).monitor().probe_case(),
            v1::Monitor::PROBE_NOT_SET);
}

TEST(Order, RefusesWhatMakesNoSense) {
  for (const char* target : {"", "a:0", "a:65536", "a:b", "a b", "a\nb:80", ":80"})
    EXPECT_FALSE(BuildExamination(RequestFor(target))) << target;
  EXPECT_FALSE(BuildExamination(RequestFor("a:80", "smtp")));
  EXPECT_FALSE(BuildExamination(RequestFor("a", "tcp"))) << "no port";
  v1::DiagnoseRequest request = RequestFor("a:80");
  request.set_packets(21);
  EXPECT_FALSE(BuildExamination(request));
  request.set_packets(0);
  request.mutable_deadline()->set_seconds(121);
  EXPECT_FALSE(BuildExamination(request));
  request.mutable_deadline()->set_seconds(60);
  for (int i = 0; i < 5; ++i) request.add_name_servers("192.0.2.1");
  EXPECT_FALSE(BuildExamination(request));
}

/// Starts an examination and waits for what it comes to.
std::future<v1::Findings> StartIn(Examiner& examiner, const v1::Examination& order) {
  auto promise = std::make_shared<std::promise<v1::Findings>>();
  RttMemory unused;
  examiner.Start(
      "test", order, Anywhere(unused), [](const v1::Progress&) {},
      [promise](const v1::Findings& findings) { promise->set_value(findings); });
  return promise->get_future();
}

v1::Examination Hanging(const test::FullBacklog& server, uint64_t id) {
  v1::Examination order = OrderFor(RequestFor(At(server.port())));
  order.set_id(id);
  return order;
}

TEST(Examiner, RefusesAThirdExaminationAtATime) {
  const test::FullBacklog server;
  Examiner examiner;
  auto first = StartIn(examiner, Hanging(server, 1));
  auto second = StartIn(examiner, Hanging(server, 2));
  EXPECT_THAT(StartIn(examiner, Hanging(server, 3)).get().trouble(), HasSubstr("busy"));
  examiner.Cancel("test", 1);
  examiner.Cancel("test", 2);
  EXPECT_EQ(first.get().id(), 1U);
  EXPECT_EQ(second.get().id(), 2U);
}

TEST(Examiner, ChecksWhatADirectorOrders) {
  Examiner examiner;
  v1::Examination order = OrderFor(RequestFor("127.0.0.1:80"));
  order.set_packets(1'000'000);
  EXPECT_THAT(StartIn(examiner, order).get().trouble(), HasSubstr("packets"));
}

TEST(Examiner, EndsWhatIsUnderWayWhenItGoes) {
  const test::FullBacklog server;
  std::future<v1::Findings> findings;
  {
    Examiner examiner;
    findings = StartIn(examiner, Hanging(server, 1));
  }
  EXPECT_EQ(findings.get().id(), 1U);
}

}  // namespace
}  // namespace waypost::diagnose
