// Endpoints that register themselves, stay while they renew their lease, and go when they die.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <regex>
#include <utility>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint16_t kSrv = 33;
constexpr const char* kName = "svc.example.test";

/// A pool that is empty until somebody registers.
constexpr const char* kResources = R"({kind: Region, name: east}
---
{kind: Pool, name: jobs, region: east, registration: {allow: ["*"], min_lease: 1s, max_endpoints: 3}}
---
{kind: Pool, name: closed, region: east, registration: {allow: [web-1]}}
---
{kind: Policy, name: all, steps: [weighted], on_all_down: none}
---
{kind: Record, name: svc.example.test, types: [A, SRV], policy: all, pools: [jobs, closed],
 service: {port: 80}, ttl: {min: 1s, max: 5s}}
)";

class Registration : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Start()) << d_.director().err(); }

  bool Start() {
    return d_.StartDirector(
        {"--load", d_.WriteConfiguration(kResources), "--state", d_.dir().path() + "/state"});
  }
  std::set<std::string> Addresses() {
    const Answer answer = d_.Ask(kName);
    EXPECT_TRUE(answer.received);
    return answer.addresses;
  }
  bool Becomes(const std::set<std::string>& addresses) {
    return Eventually([&] { return Addresses() == addresses; });
  }
  Finished Register(const std::string& address, const std::string& lease,
                    const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"endpoint", "register", "jobs", address, "--lease", lease};
    words.insert(words.end(), more.begin(), more.end());
    return d_.Ctl(words);
  }
  /// Revisions so far.
  long Revisions() {
    const std::string history = d_.Ctl({"history"}).out;
    return std::count(history.begin(), history.end(), '\n');
  }
  std::unique_ptr<Process> Hold(const std::string& address) {
    auto holder = std::make_unique<Process>(
        std::vector<std::string>{std::string(WAYPOST_BIN) + "/waypostctl", "--server",
                                 "unix:" + d_.control_path(), "endpoint", "register", "jobs",
                                 address, "--lease", "10s", "--hold"},
        d_.dir().path() + "/holder");
    EXPECT_THAT(holder->FirstLine(), HasSubstr("registered for 10s")) << holder->err();
    return holder;
  }

  /// Waits until the lease of the only registered endpoint was given its whole time again.
  bool IsRenewed() {
    double left = LeaseLeft();
    return Eventually([&] {
      const double before = std::exchange(left, LeaseLeft());
      return left > before;
    });
  }
  /// In seconds.
  double LeaseLeft() {
    const std::string list = d_.Ctl({"-o", "json", "endpoint", "list"}).out;
    std::smatch left;
    static const std::regex pattern("\"left\": \"([0-9.]+)s\"");
    return std::regex_search(list, left, pattern) ? std::stod(left[1]) : 0;
  }

  Deployment d_;
};

TEST_F(Registration, AnswersAtOnceAndGoesWithItsLease) {
  EXPECT_THAT(Addresses(), IsEmpty());
  const Finished done = Register("127.0.1.5", "1h", {"--port", "31000", "--meta", "version=7"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(Addresses(), ElementsAre("127.0.1.5")) << "when it is acknowledged";
  EXPECT_EQ(d_.Ask(kName, kSrv).addresses.size(), 1U);
  EXPECT_THAT(d_.Ctl({"endpoint", "list"}).out, HasSubstr("version=7"));
  const auto before = steady_clock::now();
  ASSERT_EQ(Register("127.0.1.5", "2s").code, 0) << "the same again, for less time";
  ASSERT_TRUE(Becomes({}));
  EXPECT_GE(steady_clock::now() - before, seconds(2));
  EXPECT_THAT(d_.Ctl({"history"}).out, HasSubstr("lease ran out: jobs/127.0.1.5"));
}

TEST_F(Registration, StaysWhileItsHolderLives) {
  const auto holder = Hold("127.0.1.6");
  const long revisions = Revisions();
  EXPECT_TRUE(IsRenewed());
  EXPECT_THAT(Addresses(), ElementsAre("127.0.1.6"));
  EXPECT_EQ(Revisions(), revisions) << "renewals are no revisions";
  holder->Kill();
  EXPECT_TRUE(Becomes({})) << "a dead instance";
}

TEST_F(Registration, GoesAtOnceWhenItsHolderIsInterrupted) {
  const auto holder = Hold("127.0.1.7");
  holder->Signal(SIGINT);
  EXPECT_EQ(holder->Wait(), 0) << holder->err();
  EXPECT_THAT(Addresses(), IsEmpty());
  EXPECT_THAT(d_.Ctl({"history"}).out, HasSubstr("deregister jobs/127.0.1.7"));
}

TEST_F(Registration, OutlivesTheDirectorAndThenNeedsItsHolderAgain) {
  ASSERT_EQ(Register("127.0.1.8", "15s").code, 0);
  const auto holder = Hold("127.0.1.9");
  d_.director().Kill();
  ASSERT_TRUE(Start()) << d_.director().err();
  EXPECT_THAT(Addresses(), ElementsAre("127.0.1.8", "127.0.1.9")) << "both have a whole lease";
  EXPECT_TRUE(Becomes({"127.0.1.9"})) << "nobody renews the other";
  EXPECT_TRUE(IsRenewed());
  EXPECT_THAT(Addresses(), ElementsAre("127.0.1.9"));
}

TEST_F(Registration, AHolderComesBackAfterARollback) {
  const auto holder = Hold("127.0.1.10");
  ASSERT_EQ(d_.Ctl({"rollback", "1", "--yes"}).code, 0);
  EXPECT_TRUE(Eventually([&] {
    return d_.Ctl({"history"}).out.find("register jobs/127.0.1.10") != std::string::npos &&
           Addresses() == std::set<std::string>{"127.0.1.10"};
  }));
}

TEST_F(Registration, CanBeDrainedAndDeregisteredByHand) {
  const auto holder = Hold("127.0.1.11");
  ASSERT_EQ(d_.Ctl({"drain", "endpoint", "jobs/127.0.1.11"}).code, 0);
  EXPECT_THAT(Addresses(), IsEmpty());
  ASSERT_EQ(d_.Ctl({"undrain", "endpoint", "jobs/127.0.1.11"}).code, 0);
  EXPECT_THAT(Addresses(), ElementsAre("127.0.1.11"));
  holder->Kill();
  const Finished gone = d_.Ctl({"endpoint", "deregister", "jobs", "127.0.1.11"});
  EXPECT_EQ(gone.code, 0) << gone.err;
  EXPECT_THAT(Addresses(), IsEmpty());
}

TEST_F(Registration, HasLimits) {
  const auto refused = [](const Finished& done, const char* why) {
    EXPECT_EQ(done.code, 1);
    EXPECT_THAT(done.err, HasSubstr(why));
  };
  refused(d_.Ctl({"endpoint", "register", "closed", "127.0.1.5"}), "does not allow this client");
  refused(d_.Ctl({"endpoint", "register", "jobs", "127.0.1.5", "--lease", "500ms"}),
          "the least that pool \"jobs\" grants is 1000 ms");
  refused(d_.Ctl({"endpoint", "register", "jobs", "127.0.1.5", "--lease", "2d"}), "at most 1d");
  refused(d_.Ctl({"endpoint", "register", "jobs", "somewhere"}), "is no IP address");
  EXPECT_EQ(d_.Ctl({"endpoint", "register", "nowhere", "127.0.1.5"}).code, 4);
  EXPECT_EQ(d_.Ctl({"endpoint", "renew", "0123"}).code, 4);
  for (const char* address : {"127.0.1.1", "127.0.1.2", "127.0.1.3"}) {
    ASSERT_EQ(Register(address, "1m").code, 0);
  }
  refused(Register("127.0.1.4", "1m"), "is full");
  EXPECT_EQ(Register("127.0.1.3", "1m").code, 0) << "the same again is no other";
}

TEST_F(Registration, APoolThatAllowsNobodyAnyMoreLosesItsOwn) {
  ASSERT_EQ(Register("127.0.1.5", "1m").code, 0);
  ASSERT_EQ(d_.Ctl({"apply", "-f",
                    d_.dir().Write("shut.yaml",
                                   "{kind: Pool, name: jobs, region: east, "
                                   "registration: {allow: [nobody]}}")})
                .code,
            0);
  EXPECT_THAT(Addresses(), IsEmpty());
  EXPECT_TRUE(Eventually([&] {
    return d_.Ctl({"endpoint", "list"}).out == "no endpoint is registered\n";
  }));
}

TEST_F(Registration, RegisteredEndpointsAreProbedAsAllOthers) {
  HttpServer server(HttpServer::Options{"127.0.1.5", 0, {}});
  ASSERT_EQ(
      d_.Ctl({"apply", "-f",
              d_.dir().Write("monitor.yaml",
                             "{kind: Monitor, name: web, http: {}, interval: 100ms, timeout: 10s, "
                             "rise: 1, fall: 1}\n---\n{kind: Pool, name: jobs, region: east, "
                             "monitor: web, registration: {allow: ['*'], min_lease: 1s}}")})
          .code,
      0);
  d_.StartVantage("v1");
  ASSERT_EQ(Register("127.0.1.5", "1m", {"--port", std::to_string(server.port())}).code, 0);
  EXPECT_TRUE(Eventually([&] { return server.accepted() > 0; })) << "at the port it named";
  server.Reply(500);
  EXPECT_TRUE(Becomes({}));
  server.Reply(200);
  EXPECT_TRUE(Becomes({"127.0.1.5"}));
}

/// With mutual TLS the certificate says who registers, whatever the client calls itself.
TEST(RegistrationOverTls, TheCertificateSaysWhoRegisters) {
  TempDir dir;
  const Certificate ca = MakeCertificate({.common_name = "ca", .is_authority = true});
  const auto identity = [&](const std::string& name) {
    const Certificate made =
        MakeCertificate({.common_name = name, .names = {"localhost", "127.0.0.1"}, .issuer = &ca});
    dir.Write(name + ".crt", made.certificate);
    dir.Write(name + ".key", made.key);
  };
  const std::string ca_file = dir.Write("ca.crt", ca.certificate);
  for (const char* name : {"director", "web-1", "web-2"}) identity(name);
  dir.Write("resources.yaml", kResources);
  dir.Write("example.test.zone", "$TTL 60\n@ SOA ns1 host 1 1 1 1 1\n@ NS ns1\nns1 A 192.0.2.53\n");
  Process director(
      {std::string(WAYPOST_BIN) + "/waypost-dnsd", "--listen", "127.0.0.1:0", "--state", "memory",
       "--load", dir.path() + "/resources.yaml", "--load", dir.path() + "/example.test.zone",
       "--control", "127.0.0.1:0", "--control-ca", ca_file, "--control-cert",
       dir.path() + "/director.crt", "--control-key", dir.path() + "/director.key"},
      dir.path() + "/dnsd");
  const std::string ready = director.FirstLine();
  const size_t at = ready.find("control ");
  ASSERT_NE(at, std::string::npos) << ready << director.err();
  const std::string address = ready.substr(at + 8, ready.find(',', at) - at - 8);
  const auto ctl = [&](const std::string& who, std::vector<std::string> words) {
    std::vector<std::string> command = {std::string(WAYPOST_BIN) + "/waypostctl",
                                        "--server",
                                        address,
                                        "--ca",
                                        ca_file,
                                        "--cert",
                                        dir.path() + "/" + who + ".crt",
                                        "--key",
                                        dir.path() + "/" + who + ".key"};
    command.insert(command.end(), words.begin(), words.end());
    return RunCommand(command, dir.path() + "/ctl");
  };
  const std::vector<std::string> closed = {"endpoint", "register", "closed", "127.0.1.5"};
  EXPECT_THAT(ctl("web-2", closed).err, HasSubstr("does not allow this client"));
  const Finished done = ctl("web-1", closed);
  EXPECT_EQ(done.code, 0) << done.err;
  const Finished list = ctl("web-2", {"endpoint", "list"});
  EXPECT_THAT(list.out, HasSubstr("web-1"));
  EXPECT_THAT(ctl("web-2", {"endpoint", "deregister", "closed", "127.0.1.5"}).err,
              HasSubstr("registered by another client"));
  EXPECT_EQ(ctl("web-1", {"endpoint", "deregister", "closed", "127.0.1.5"}).code, 0);
}

}  // namespace
}  // namespace waypost::test
