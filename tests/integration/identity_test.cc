// Who may say what to a director over the network: mutual TLS, with the real programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"
#include "tests/support/certificate.h"

namespace waypost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Identity : public ::testing::Test {
 protected:
  Identity() : authority_(MakeCertificate({.common_name = "authority", .is_authority = true})) {
    dir_.Write("ca.pem", authority_.certificate);
    Issue("director", {.common_name = "director", .names = {"localhost", "127.0.0.1"}});
  }
  ~Identity() override {
    for (const auto& vantage : vantages_) vantage->Stop();
    if (director_) director_->Stop();
  }

  /// A certificate and its key as files of this name.
  void Issue(const std::string& file, CertificateOptions options, bool by_stranger = false) {
    const Certificate stranger = MakeCertificate({.common_name = "stranger", .is_authority = true});
    options.issuer = by_stranger ? &stranger : &authority_;
    const Certificate made = MakeCertificate(options);
    dir_.Write(file + ".crt", made.certificate);
    dir_.Write(file + ".key", made.key);
  }
  /// One endpoint, which everybody sees up.
  void StartDirector(const std::string& settings = "threads: 1\n") {
    dir_.Write("resources.yaml",
               "{kind: Region, name: east}\n---\n{kind: Signal, name: release}\n---\n"
               "{kind: Monitor, name: web, tcp: {port: " +
                   std::to_string(server_.port()) +
                   "}, interval: 200ms, timeout: 10s}\n---\n"
                   "{kind: Pool, name: east, region: east, monitor: web, "
                   "endpoints: [{address: 127.0.0.1}]}\n");
    std::vector<std::string> command = {
        Program("waypost-dnsd"),          "--listen",  "127.0.0.1:0", "--load",
        File("resources.yaml"),           "--control", "127.0.0.1:0", "--config",
        dir_.Write("dnsd.yaml", settings)};
    Add(command, "--control-ca", "--control-cert", "--control-key", "director");
    director_ = std::make_unique<Process>(command, File("dnsd"));
    const std::string ready = director_->FirstLine();
    const size_t at = ready.find("control ");
    ASSERT_NE(at, std::string::npos) << ready << director_->err();
    control_ = ready.substr(at + 8, ready.find(',', at) - at - 8);
  }
  Process& StartVantage(const std::string& name, const std::string& certificate) {
    std::vector<std::string> command = {Program("waypost-healthd"), "--vantage", name, "--director",
                                        control_};
    Add(command, "--ca", "--cert", "--key", certificate);
    vantages_.push_back(std::make_unique<Process>(command, File("healthd-" + certificate)));
    vantages_.back()->FirstLine();
    return *vantages_.back();
  }
  Finished Ctl(const std::string& certificate, const std::vector<std::string>& words) {
    std::vector<std::string> command = {Program("waypostctl"), "--server", control_};
    Add(command, "--ca", "--cert", "--key", certificate);
    command.insert(command.end(), words.begin(), words.end());
    return RunCommand(command, File("ctl"));
  }
  std::string Why() { return Ctl("ops", {"health", "why", "127.0.0.1"}).out; }
  /// What the vantage's log says in the end.
  static bool Says(Process& vantage, const std::string& words) {
    return Eventually([&] { return vantage.err().find(words) != std::string::npos; });
  }

  std::string File(const std::string& name) const { return dir_.path() + "/" + name; }
  static std::string Program(const std::string& name) {
    return std::string(WAYPOST_BIN) + "/" + name;
  }

 private:
  void Add(std::vector<std::string>& command, const std::string& ca, const std::string& cert,
           const std::string& key, const std::string& certificate) const {
    command.insert(command.end(), {ca, File("ca.pem"), cert, File(certificate + ".crt"), key,
                                   File(certificate + ".key")});
  }

  TempDir dir_;
  HttpServer server_;
  const Certificate authority_;
  std::unique_ptr<Process> director_;
  std::vector<std::unique_ptr<Process>> vantages_;
  std::string control_;
};

TEST_F(Identity, VantageSpeaksForItselfOnly) {
  Issue("ops", {.common_name = "ops", .names = {"ops"}});
  Issue("v1", {.common_name = "vantage", .names = {"v1"}});
  StartDirector();
  Process& liar = StartVantage("v2", "v1");
  EXPECT_TRUE(Says(liar, "the certificate does not name vantage \\\"v2\\\"")) << liar.err();
  StartVantage("v1", "v1");
  EXPECT_TRUE(Eventually([&] { return Why().find("up from 1 of 1") != std::string::npos; }))
      << Why();
  EXPECT_THAT(Why(), Not(HasSubstr("v2")));
}

TEST_F(Identity, CommonNameNamesAVantageToo) {
  Issue("ops", {.common_name = "ops", .names = {"ops"}});
  Issue("v1", {.common_name = "v1", .names = {"host1.example.net"}});
  StartDirector();
  StartVantage("v1", "v1");
  EXPECT_TRUE(Eventually([&] { return Why().find("up from 1 of 1") != std::string::npos; }))
      << Why();
}

TEST_F(Identity, OnlyListedVantagesVote) {
  for (const char* name : {"ops", "v1", "web1"}) Issue(name, {.common_name = name});
  StartDirector("control_tls: {vantages: [v1]}\n");
  Process& stranger = StartVantage("web1", "web1");
  EXPECT_TRUE(Says(stranger, "may not call /waypost.v1.Evidence/Stream")) << stranger.err();
  StartVantage("v1", "v1");
  EXPECT_TRUE(Eventually([&] { return Why().find("up from 1 of 1") != std::string::npos; }))
      << Why();
}

TEST_F(Identity, OnlyOperatorsMoveTraffic) {
  for (const char* name : {"ops", "dashboard", "ci", "v1"})
    Issue(name, {.common_name = name, .names = {name}});
  StartDirector("control_tls: {operators: [ops], readers: [dashboard], signallers: [ci]}\n");
  StartVantage("v1", "v1");
  EXPECT_TRUE(Eventually([&] { return Why().find("up from 1 of 1") != std::string::npos; }))
      << Why();
  const std::vector<std::string> drain = {"drain", "pool/east"};
  for (const char* name : {"v1", "ci", "dashboard"}) {
    const Finished refused = Ctl(name, drain);
    EXPECT_EQ(refused.code, 1) << name;
    EXPECT_THAT(refused.err, HasSubstr("may not call /waypost.v1.Traffic/SetOverride"));
  }
  EXPECT_EQ(Ctl("ops", {"drain", "pool/east", "--author", "somebody else"}).code, 0);
  EXPECT_THAT(Ctl("dashboard", {"history"}).out, HasSubstr("ops (somebody else)"));
  EXPECT_NE(Ctl("v1", {"status"}).code, 0);
  EXPECT_THAT(Ctl("dashboard", {"status"}).out, HasSubstr("drained"));
  EXPECT_NE(Ctl("dashboard", {"signal", "set", "release", "down"}).code, 0);
  EXPECT_EQ(Ctl("ci", {"signal", "set", "release", "down"}).code, 0);
}

TEST_F(Identity, VantageOfAnotherAuthorityIsNotHeard) {
  Issue("ops", {.common_name = "ops", .names = {"ops"}});
  Issue("v1", {.common_name = "v1", .names = {"v1"}}, /*by_stranger=*/true);
  StartDirector();
  Process& stranger = StartVantage("v1", "v1");
  EXPECT_TRUE(Says(stranger, "event=disconnected")) << stranger.err();
  EXPECT_THAT(Ctl("ops", {"status"}).out, Not(HasSubstr("v1")));
}

}  // namespace
}  // namespace waypost::test
