// Every kind of probe, from the declared monitor to the changed answer: the real programs against
// real servers.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"
#include "tests/support/certificate.h"
#include "tests/support/udp_server.h"
#include "waypost/v1/evidence.grpc.pb.h"

namespace waypost::test {
namespace {

using ::testing::HasSubstr;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";

/// What varies around the probe that is tried.
struct Surroundings {
  /// Further documents, each with its `---` behind it.
  std::string documents = "";
  std::string probe_address = "";
  std::vector<std::string> vantage_flags = {};
  /// Further fields of the monitor.
  std::string monitor = "interval: 100ms\ntimeout: 10s\nrise: 2\nfall: 2\n";
};

/// For connections that are held: nothing but their end can tell within the test's patience.
constexpr const char* kRarely = "interval: 10m\ntimeout: 10s\nrise: 1\nfall: 2\n";

class Probes : public ::testing::Test {
 protected:
  /// Three vantages watch the east; the west stands by, unwatched. `probe`: as in a Monitor.
  void Watch(const std::string& probe, const Surroundings& around = {}) {
    const std::string probed =
        around.probe_address.empty() ? "" : ", probe_address: " + around.probe_address;
    const std::string folder = d_.WriteConfiguration(
        "kind: Region\nname: east\n---\nkind: Region\nname: west\n---\n" + around.documents +
        "kind: Monitor\nname: web\n" + around.monitor + probe +
        "\n---\nkind: Pool\nname: east\nregion: east\nmonitor: web\n"
        "endpoints: [{address: 127.0.1.1" +
        probed +
        "}]\n---\n"
        "kind: Pool\nname: west\nregion: west\nendpoints: [{address: 127.0.2.1}]\n---\n"
        "kind: Policy\nname: hold\nsteps: [failover]\non_no_data_yet: hold\n---\n"
        "{kind: Record, name: www.example.test, types: A, policy: hold, pools: [east, west]}\n");
    ASSERT_TRUE(d_.StartDirector({"--load", folder, "--state", "memory"})) << d_.director().err();
    for (const char* name : {"v1", "v2", "v3"}) d_.StartVantage(name, "", around.vantage_flags);
  }
  ::testing::AssertionResult Becomes(const std::string& address) {
    const std::set<std::string> wanted = {address};
    if (Eventually([&] { return d_.Ask("www.example.test").addresses == wanted; }))
      return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << Why();
  }
  std::string Why() { return d_.Ctl({"health", "why", "east/" + kEast}).out; }

  Deployment d_;
};

std::string Port(uint16_t port) { return std::to_string(port); }

TEST_F(Probes, TcpSendAndExpect) {
  HttpServer server({kEast});
  server.Behave({Behaviour::Kind::kGreet, "220 ready\r\n"});
  Watch("tcp: {port: " + Port(server.port()) + ", expect: \"220 \"}",
        {.monitor = "interval: 100ms\ntimeout: 2s\nrise: 2\nfall: 2\n"});
  ASSERT_TRUE(Becomes(kEast));
  server.Behave({Behaviour::Kind::kGreet, "421 too busy\r\n"});
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("timed out after 2000 ms"));
}

TEST_F(Probes, HttpPatternAndLatency) {
  HttpServer server({kEast});
  server.Reply(200, "load 17");
  Watch("http: {port: " + Port(server.port()) +
        ", expect: {body_pattern: \"load [0-9]?[0-9]$\"}}\n" + "max_latency: 2s");
  ASSERT_TRUE(Becomes(kEast));
  server.Reply(200, "load 170");
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("body does not match"));
  server.Reply(200, "load 3");
  ASSERT_TRUE(Becomes(kEast));
  server.Behave({Behaviour::Kind::kDrip, HttpReply(200, "load 3"), std::chrono::milliseconds(40)});
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("want at most 2000 ms"));
}

TEST_F(Probes, TlsHandshakeAlone) {
  const Certificate certificate = MakeCertificate({.names = {"www.example.test"}});
  const std::string ca_file = d_.dir().Write("ca.pem", certificate.certificate);
  HttpServer server({kEast, 0, certificate});
  Watch("tls: {port: " + Port(server.port()) +
        ", options: {name: www.example.test, min_version: tls1_3, ca_file: " + ca_file + "}}");
  ASSERT_TRUE(Becomes(kEast));
  EXPECT_THAT(Why(), HasSubstr("certificate expires in")) << "it is for an hour";
  d_.dir().Write("ca.pem", MakeCertificate({}).certificate);
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("self-signed certificate"));
}

TEST_F(Probes, StatusWarnsOfACertificateAsEarlyAsItsMonitorSays) {
  const Certificate certificate = MakeCertificate({.names = {"www.example.test"}});  // for an hour
  const std::string ca_file = d_.dir().Write("ca.pem", certificate.certificate);
  HttpServer server({kEast, 0, certificate});
  const auto member = [&](const std::string& name, const std::string& warn_expiry) {
    return "{kind: Monitor, name: " + name + ", timeout: 10s, tls: {port: " + Port(server.port()) +
           ", options: {name: www.example.test, ca_file: " + ca_file +
           ", warn_expiry: " + warn_expiry + "}}}\n";
  };
  Watch("combined: {monitors: [late, early]}",
        {.documents = member("late", "1s") + "---\n" + member("early", "2h") + "---\n"});
  const auto warns = [&] {
    return d_.Ctl({"status"}).out.find("the certificate of east/127.0.1.1 expires in") !=
           std::string::npos;
  };
  ASSERT_TRUE(Becomes(kEast));
  EXPECT_TRUE(warns()) << d_.Ctl({"status"}).out;
  ASSERT_EQ(d_.Ctl({"apply", "-f", d_.dir().Write("late.yaml", member("early", "1s"))}).code, 0);
  ASSERT_TRUE(Becomes(kEast));
  EXPECT_FALSE(warns()) << d_.Ctl({"status"}).out;
}

TEST_F(Probes, UdpSendAndExpect) {
  const auto say = [](const char* text) {
    return [text](const std::string&) { return std::vector<std::string>{text}; };
  };
  UdpServer server(say("pong"), kEast);
  Watch("udp: {port: " + Port(server.port()) + ", send: ping, expect: pong}");
  ASSERT_TRUE(Becomes(kEast));
  server.Answer(say("no"));
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("\"no\" came, want \"pong\""));
}

TEST_F(Probes, DnsAtAnotherAddressThanTheAnswer) {
  const uint16_t port = FreePort();
  const auto asks = [&](const std::string& expected) {
    return "dns: {port: " + Port(port) + ", name: www.example.test, transport: tcp" + expected +
           "}";
  };
  const std::string zone =
      "$TTL 60\n@ IN SOA ns1 h 1 3600 600 604800 60\n IN NS ns1\n"
      "ns1 IN A 192.0.2.53\nwww IN A 192.0.2.7\n";
  Process probed({WAYPOST_BIN "/waypost-dnsd", "--listen", "127.0.0.1:" + Port(port), "--state",
                  "memory", "--control", "unix:" + d_.dir().path() + "/probed.sock", "--admin",
                  "127.0.0.1:0", "--load", d_.dir().Write("example.test.zone", zone)},
                 d_.dir().path() + "/probed");
  ASSERT_THAT(probed.FirstLine(), HasSubstr("ready"));
  Watch(asks(", answers: [192.0.2.7]"), {.probe_address = "127.0.0.1"});
  ASSERT_TRUE(Becomes(kEast)) << "what is probed listens on another address";
  probed.Kill();
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("connection refused"));
}

TEST_F(Probes, Icmp) {
  Watch("icmp: {gap: 5ms}");
  const auto may_not = [&] {
    return d_.vantage("v1").err().find("event=inconclusive") != std::string::npos;
  };
  ASSERT_TRUE(Eventually([&] {
    return may_not() || d_.Ask("www.example.test").addresses.contains(kEast);
  })) << Why();
  if (may_not()) GTEST_SKIP() << "this user may not send ICMP; see net.ipv4.ping_group_range";
  EXPECT_THAT(Why(), HasSubstr("loss 0 %"));
}

TEST_F(Probes, AHeldConnectionsResetChangesTheAnswerAtOnce) {
  HttpServer server({kEast});
  server.Behave({Behaviour::Kind::kHangAtConnect});
  Watch("held: {port: " + Port(server.port()) + "}", {.monitor = kRarely});
  ASSERT_TRUE(Becomes(kEast));
  ASSERT_TRUE(Eventually([&] { return server.open() == 3; }));
  const auto begin = std::chrono::steady_clock::now();
  server.Refuse();
  ASSERT_TRUE(Becomes(kWest));
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  std::printf("reset to changed answer, by a quorum of three vantages: %d ms\n",
              static_cast<int>(taken.count()));
  server.Accept();
  EXPECT_TRUE(Becomes(kEast));
}

TEST_F(Probes, GrpcWatch) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(kEast + ":0", grpc::InsecureServerCredentials(), &port);
  v1::Evidence::Service service;  // any: without one gRPC starts no thread
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  server->GetHealthCheckService()->SetServingStatus("shop.Orders", true);
  Watch("grpc: {port: " + std::to_string(port) + ", service: shop.Orders, watch: true}",
        {.monitor = kRarely});
  ASSERT_TRUE(Becomes(kEast));
  server->GetHealthCheckService()->SetServingStatus("shop.Orders", false);
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("status NOT_SERVING"));
  server->GetHealthCheckService()->SetServingStatus("shop.Orders", true);
  ASSERT_TRUE(Becomes(kEast));
  server->Shutdown(std::chrono::system_clock::now());
  EXPECT_TRUE(Becomes(kWest));
}

TEST_F(Probes, ACommandOfTheVantage) {
  const std::string state = d_.dir().Write("state", "fine\n");
  const std::string config = d_.dir().Write(
      "healthd.yaml", "commands:\n  check: {run: [/bin/grep, -q, fine, " + state + "]}\n");
  Watch("command: {name: check}", {.vantage_flags = {"--config", config}});
  ASSERT_TRUE(Becomes(kEast));
  d_.dir().Write("state", "broken\n");
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("exit status 1"));
}

TEST_F(Probes, ACommandThatTheVantageDoesNotListIsNoFailure) {
  Watch("command: {name: reboot}");
  const std::string words = "no verdict yet: this vantage has no command \"reboot\"";
  EXPECT_TRUE(Eventually([&] { return Why().find(words) != std::string::npos; })) << Why();
  EXPECT_THAT(Why(), HasSubstr("0 up, 0 down, 0 stale"));
}

TEST_F(Probes, TwoOfThreeMonitors) {
  HttpServer web({kEast});
  HttpServer api({kEast});
  HttpServer admin({kEast});
  std::string members;
  for (const auto& [name, server] :
       {std::pair<std::string, HttpServer&>("a", web), {"b", api}, {"c", admin}})
    members += "{kind: Monitor, name: " + name +
               ", timeout: 10s, http: {port: " + Port(server.port()) + "}}\n---\n";
  Watch("combined: {monitors: [a, b, c], at_least: 2}", {.documents = members});
  ASSERT_TRUE(Becomes(kEast));
  admin.Reply(503);
  web.Refuse();
  ASSERT_TRUE(Becomes(kWest));
  EXPECT_THAT(Why(), HasSubstr("2 of 3 failed, 2 needed"));
  web.Accept();
  EXPECT_TRUE(Becomes(kEast)) << "one of three may fail";
}

}  // namespace
}  // namespace waypost::test
