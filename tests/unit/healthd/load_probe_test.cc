// What HTTP replies tell of loads.
#include <gmock/gmock.h>

#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using test::Behaviour;
using test::HttpServer;
using Kind = test::Behaviour::Kind;

class LoadProbe : public testing::Test {
 protected:
  v1::HttpProbe& monitor() { return *target.mutable_monitor()->mutable_http(); }
  v1::Reading& used() { return *monitor().mutable_load()->mutable_used(); }
  v1::Reading& capacity() { return *monitor().mutable_load()->mutable_capacity(); }

  void ReplyWith(const std::string& fields, const std::string& body = "ok") {
    server.Behave({Kind::kReply, "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " +
                                     std::to_string(body.size()) + "\r\n\r\n" + body});
  }
  void ExpectLoad(double wanted_used, double wanted_capacity) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_TRUE(outcome.succeeded()) << outcome.failure.detail;
    EXPECT_EQ(outcome.warning, "");
    EXPECT_EQ(outcome.load.used, wanted_used);
    EXPECT_EQ(outcome.load.capacity, wanted_capacity);
  }
  /// The endpoint is up all the same.
  void ExpectWarning(const std::string& warning) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_TRUE(outcome.succeeded()) << outcome.failure.detail;
    EXPECT_EQ(outcome.warning, warning);
    EXPECT_EQ(outcome.load.capacity, 0);
  }

  HttpServer server;
  v1::Target target = HttpTarget(server.port());
};

TEST_F(LoadProbe, ReadsAHeaderWhateverTheCaseOfItsName) {
  used().set_header("X-Load");
  ReplyWith("x-load: 42.5\r\n");
  ExpectLoad(42.5, 100);
}

TEST_F(LoadProbe, ReadsLoadAndCapacityFromTwoHeaders) {
  used().set_header("X-Load");
  capacity().set_header("X-Capacity");
  ReplyWith("X-Capacity: 2e3\r\nX-Load: 730\r\n");
  ExpectLoad(730, 2000);
}

TEST_F(LoadProbe, TakesTheCapacityThatTheMonitorNames) {
  used().set_header("X-Load");
  capacity().set_number(500);
  ReplyWith("X-Load: 0\r\n");
  ExpectLoad(0, 500);
}

TEST_F(LoadProbe, ReadsJsonThatIsWholeOnlyAtTheEnd) {
  used().set_json("/connections/active");
  capacity().set_json("/connections/max");
  const std::string body = R"({"connections":{"active":"12","max":300}})";
  server.Behave(
      {Kind::kDrip,
       "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
       std::chrono::milliseconds(1)});
  ExpectLoad(12, 300);
}

TEST_F(LoadProbe, SumsSamplesOfPrometheusText) {
  used().set_prometheus("busy{kind=\"web\"}");
  ReplyWith("",
            "# TYPE busy gauge\nbusy{kind=\"web\",cpu=\"0\"} 3\nbusy{kind=\"web\",cpu=\"1\"} 4\n"
            "busy{kind=\"db\",cpu=\"1\"} 50\n");
  ExpectLoad(7, 100);
}

TEST_F(LoadProbe, JudgesTheBodyBesides) {
  used().set_json("/load");
  monitor().mutable_expect()->set_body("ready");
  ReplyWith("", R"({"state":"ready","load":5})");
  ExpectLoad(5, 100);
  ReplyWith("", R"({"state":"broken","load":5})");
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.detail, "body lacks \"ready\"");
  EXPECT_EQ(outcome.load.capacity, 0);
}

TEST_F(LoadProbe, WrongStatusFailsAndTellsNothing) {
  used().set_header("X-Load");
  server.Behave({Kind::kReply, "HTTP/1.1 503 Busy\r\nX-Load: 99\r\nContent-Length: 0\r\n\r\n"});
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_STATUS);
  EXPECT_EQ(outcome.load.capacity, 0);
  EXPECT_EQ(outcome.warning, "");
}

TEST_F(LoadProbe, HeadHasHeaders) {
  monitor().set_method("HEAD");
  used().set_header("X-Load");
  ReplyWith("X-Load: 8\r\n");
  ExpectLoad(8, 100);
}

TEST_F(LoadProbe, HeaderThatIsMissingOrNoNumberIsAWarning) {
  used().set_header("X-Load");
  ReplyWith("");
  ExpectWarning("load: there is no header X-Load");
  for (const char* text : {"high", "", "1 2", "0x10", "nan", "inf", "1e999", "12%"}) {
    ReplyWith("X-Load: " + std::string(text) + "\r\n");
    ExpectWarning("load: header X-Load is no number");
  }
}

TEST_F(LoadProbe, NumberOutOfRangeIsAWarning) {
  used().set_header("X-Load");
  for (const char* text : {"-1", "1e16"}) {
    ReplyWith("X-Load: " + std::string(text) + "\r\n");
    ExpectWarning("load: the number is not within 0 and 1e15");
  }
  capacity().set_header("X-Capacity");
  ReplyWith("X-Load: 1\r\nX-Capacity: 0\r\n");
  ExpectWarning("capacity: the number is not within 0 and 1e15");
}

TEST_F(LoadProbe, BodyThatIsNotWhatIsWantedIsAWarning) {
  used().set_json("/load");
  ReplyWith("", "{\"other\":1}");
  ExpectWarning("load: there is no /load in the body");
  ReplyWith("", "{\"load\":[]}");
  ExpectWarning("load: /load is no number");
  ReplyWith("", "{\"load\":1");
  EXPECT_TRUE(ProbeOnce(target).warning.starts_with("load: the body is no JSON: "));
}

TEST_F(LoadProbe, BodyThatIsTooLongIsReadAsFarAsItGoes) {
  const std::string filler(64UL * 1024, '#');
  used().set_prometheus("busy");
  ReplyWith("", "busy 5\n" + filler + "\nbusy 7\n");
  ExpectLoad(5, 100);
  used().set_json("/load");
  ReplyWith("", "{\"load\":5,\"filler\":\"" + filler + "\"}");
  EXPECT_TRUE(ProbeOnce(target).warning.starts_with("load: the body is no JSON: "));
}

TEST_F(LoadProbe, SpecIsRefusedThatNamesNothingToRead) {
  capacity().set_number(5);
  EXPECT_FALSE(BuildSpec(target));
  used().set_number(5);
  EXPECT_FALSE(BuildSpec(target));
  used().set_json("load");
  EXPECT_FALSE(BuildSpec(target));
  used().set_prometheus("a b");
  EXPECT_FALSE(BuildSpec(target));
  used().set_prometheus("a");
  EXPECT_TRUE(BuildSpec(target));
}

}  // namespace
}  // namespace waypost::probe
