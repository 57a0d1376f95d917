// Loads that real servers tell real vantages, and the answers that follow them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::HasSubstr;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";

/// `load`: of the monitor. Of east and west, spill prefers east, and least_loaded draws.
std::string Resources(uint16_t port, const std::string& load) {
  return R"(kind: Region
name: east
capacity: 1000
---
kind: Region
name: west
capacity: 1000
---
kind: Monitor
name: web
http:
  port: )" +
         std::to_string(port) + "\n  load: " + load + R"(
interval: 100ms
timeout: 10s
---
{kind: Pool, name: east, region: east, monitor: web, endpoints: [{address: 127.0.1.1}]}
---
{kind: Pool, name: west, region: west, monitor: web, endpoints: [{address: 127.0.2.1}]}
---
kind: Policy
name: spill
steps: [failover, {spill: {at: 80, full: 90}}]
---
kind: Policy
name: least
steps: [least_loaded]
---
{kind: Record, name: spill.example.test, types: A, policy: spill, pools: [east, west]}
---
{kind: Record, name: least.example.test, types: A, policy: least, pools: [east, west]}
)";
}

class LoadFeedback : public ::testing::Test {
 protected:
  void Start(const std::string& load) {
    const std::string folder = d_.WriteConfiguration(Resources(servers_.port, load));
    ASSERT_TRUE(d_.StartDirector({"--load", folder, "--state", "memory"})) << d_.director().err();
    for (const char* name : {"v1", "v2", "v3"}) d_.StartVantage(name);
  }

  static void Tell(HttpServer& server, const std::string& fields, const std::string& body) {
    server.Behave({Behaviour::Kind::kReply, "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " +
                                                std::to_string(body.size()) + "\r\n\r\n" + body});
  }
  bool Becomes(const std::string& name, const std::string& address) {
    return Eventually(
        [&] { return d_.Ask(name + ".example.test").addresses == std::set{address}; });
  }
  /// Twenty answers in a row.
  bool IsAlways(const std::string& name, const std::string& address) {
    for (int i = 0; i < 20; ++i) {
      if (d_.Ask(name + ".example.test").addresses != std::set{address}) return false;
    }
    return true;
  }
  bool Shows(const std::vector<std::string>& command, const std::string& words) {
    return Eventually([&] { return d_.Ctl(command).out.find(words) != std::string::npos; });
  }

  TwoServers servers_;
  Deployment d_;
};

TEST_F(LoadFeedback, PoolThatFillsUpSpillsOverAndTakesItsClientsBack) {
  Tell(*servers_.east, "X-Load: 10\r\n", "ok");
  Tell(*servers_.west, "X-Load: 10\r\n", "ok");
  Start("{used: {header: X-Load}}");
  ASSERT_TRUE(Shows({"status"}, "10 of 100 (10%)")) << d_.Ctl({"status"}).out;
  EXPECT_TRUE(Becomes("spill", kEast));
  Tell(*servers_.east, "X-Load: 95\r\n", "ok");
  EXPECT_TRUE(Becomes("spill", kWest)) << d_.Ctl({"health", "why", kEast}).out;
  EXPECT_THAT(d_.Ctl({"explain", "spill.example.test", "A", "--client", "192.0.2.1"}).out,
              HasSubstr("95 % used (95 of 100): 100 % of the clients move on, this one too"));
  Tell(*servers_.east, "X-Load: 50\r\n", "ok");
  EXPECT_TRUE(Becomes("spill", kEast));
}

TEST_F(LoadFeedback, FullPoolIsNotDrawnAndUnreadableLoadIsShownAndHurtsNobody) {
  const auto json = [](int used) {
    return R"({"connections": {"active": )" + std::to_string(used) + R"(, "max": 400}})";
  };
  Tell(*servers_.east, "", json(400));
  Tell(*servers_.west, "", json(100));
  Start("{used: {json: /connections/active}, capacity: {json: /connections/max}}");
  ASSERT_TRUE(Shows({"status"}, "400 of 400 (100%)")) << d_.Ctl({"status"}).out;
  ASSERT_TRUE(Shows({"status"}, "100 of 400 (25%)"));
  EXPECT_TRUE(Eventually([&] { return IsAlways("least", kWest); }));
  Tell(*servers_.east, "", "{}");
  EXPECT_TRUE(Shows({"health", "why", kEast}, "load: there is no /connections/active in the body"));
  EXPECT_TRUE(Eventually([&] { return d_.Ask("least.example.test").addresses.contains(kEast); }));
  EXPECT_TRUE(Becomes("spill", kEast));
}

TEST_F(LoadFeedback, PrometheusTextIsReadFromEveryVantage) {
  const std::string busy =
      "# TYPE busy gauge\nbusy{state=\"active\"} 30\nbusy{state=\"idle\"} 70\n";
  Tell(*servers_.east, "", busy);
  Tell(*servers_.west, "", "busy{state=\"active\"} 99\nbusy{state=\"idle\"} 1\n");
  Start(R"({used: {prometheus: 'busy{state="active"}'}, capacity: {prometheus: busy}})");
  const std::vector<std::string> why = {"-o", "json", "health", "why", kEast};
  EXPECT_TRUE(Eventually([&] {
    const std::string told = d_.Ctl(why).out;
    size_t count = 0;
    for (size_t at = told.find("\"used\""); at != std::string::npos;
         at = told.find("\"used\"", at + 1))
      ++count;
    return count == 4;  // the endpoint's, and that of three vantages
  })) << d_.Ctl(why).out;
  EXPECT_TRUE(Shows({"health", "why", kWest}, "load 99 of 100 (99%)"));
  EXPECT_TRUE(Becomes("spill", kEast));
}

TEST_F(LoadFeedback, RegionsLoadThatIsToldStandsInWhereNoneIsRead) {
  Tell(*servers_.east, "", "ok");
  Tell(*servers_.west, "", "ok");
  Start("{used: {header: X-Load}}");
  ASSERT_TRUE(Becomes("spill", kEast));
  EXPECT_EQ(d_.Ctl({"load", "set", "east", "950"}).code, 0);
  EXPECT_TRUE(Becomes("spill", kWest));
  EXPECT_EQ(d_.Ctl({"load", "set", "east", "100"}).code, 0);
  EXPECT_TRUE(Becomes("spill", kEast));
}

}  // namespace
}  // namespace waypost::test
