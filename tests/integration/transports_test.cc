// DNS over TLS, cookies, access lists and the PROXY protocol with the peers that people use: kdig,
// dig and dnsdist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "tests/integration/deployment.h"
#include "tests/support/certificate.h"

namespace waypost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool HasProgram(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"}) {
    if (std::filesystem::exists(folder + name)) return true;
  }
  return false;
}

class Transports : public ::testing::Test {
 protected:
  void Start(const std::string& settings,
             const std::string& resources = "kind: Region\nname: here\n") {
    const std::string folder = d_.WriteConfiguration(resources);
    WriteSettings(settings);
    ASSERT_TRUE(d_.StartDirector({"--load", folder, "--config", d_.dir().path() + "/dnsd.yaml",
                                  "--listen-tls", "127.0.0.1:0"}))
        << d_.director().err();
  }
  /// With the certificate that StartTls wants; `name` is its subject.
  void WriteSettings(const std::string& more, const std::string& name = "first.example") {
    const Certificate made = MakeCertificate({.common_name = name});
    const std::string cert = d_.dir().Write("cert.pem", made.certificate);
    const std::string key = d_.dir().Write("key.pem", made.key);
    d_.dir().Write("dnsd.yaml", "tls: {cert: " + cert + ", key: " + key + "}\n" + more);
  }
  std::string tls_port() const {
    const std::string line = d_.ready_line();
    const size_t colon = line.find(':', line.find(", tls "));
    return std::to_string(std::atoi(line.c_str() + colon + 1));
  }
  /// What a client such as dig or kdig prints.
  std::string Run(std::vector<std::string> words) {
    return RunCommand(words, d_.dir().path() + "/client").out;
  }
  std::string Dig(std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"dig", "@127.0.0.1", "-p", std::to_string(d_.dns_port()), "+tries=1"});
    words.push_back("www2.example.test");
    return Run(std::move(words));
  }

  Deployment d_;
};

TEST_F(Transports, KdigAsksOverTlsAndPads) {
  if (!HasProgram("kdig")) GTEST_SKIP() << "kdig is not installed (knot-dnsutils)";
  Start("");
  const std::string out =
      Run({"kdig", "@127.0.0.1", "-p", tls_port(), "+tls", "+padding=64", "www2.example.test"});
  EXPECT_THAT(out, HasSubstr("TLS session (TLS1.3)"));
  EXPECT_THAT(out, HasSubstr("192.0.2.80"));
  EXPECT_THAT(out, HasSubstr("PADDING:"));
  EXPECT_THAT(out, HasSubstr("Received 468 B"));
}

TEST_F(Transports, ANewCertificateIsShownAfterSighup) {
  Start("");
  const auto shown = [this] {
    return RunCommand({"sh", "-c",
                       "openssl s_client -connect 127.0.0.1:" + tls_port() + " </dev/null 2>&1"},
                      d_.dir().path() + "/openssl")
        .out;
  };
  EXPECT_THAT(shown(), HasSubstr("first.example"));
  WriteSettings("", "second.example");
  d_.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] { return shown().find("second.example") != std::string::npos; }));
  d_.dir().Write("cert.pem", "nonsense");
  d_.director().Signal(SIGHUP);
  EXPECT_TRUE(
      Eventually([&] { return d_.director().err().find("cert.pem") != std::string::npos; }));
  EXPECT_THAT(shown(), HasSubstr("second.example")) << "a bad file changes nothing";
}

TEST_F(Transports, DigLearnsACookieWhereOneIsRequired) {
  Start("cookies: {enabled: true, require: true}\n");
  const std::string out = Dig({"+qr"});
  EXPECT_THAT(out, HasSubstr("BADCOOKIE, retrying"));
  EXPECT_THAT(out, HasSubstr("(good)"));
  EXPECT_THAT(out, HasSubstr("192.0.2.80"));
  EXPECT_THAT(Dig({"+nocookie", "+ignore"}), HasSubstr(" tc"));
  EXPECT_THAT(Dig({"+nocookie"}), HasSubstr("192.0.2.80")) << "over TCP then";
}

TEST_F(Transports, WhatTheHandlerAnswersHasACookieToo) {
  Start("cookies: {enabled: true}\n");
  for (const std::string opcode : {"notify", "update"}) {
    EXPECT_THAT(Dig({"+opcode=" + opcode, "+norec"}), HasSubstr("(good)")) << opcode;
  }
}

TEST_F(Transports, SecretsRollOverWhileClientsKeepTheirCookies) {
  const std::string old_secret = "e5e973e5a6b2a43f48e7dc849e37bfcf";
  const std::string new_secret = "445536bcd2513298075a5d379663c962";
  const auto settings = [](const std::string& secrets) {
    return "cookies: {enabled: true, require: true, secrets: [" + secrets + "]}\n";
  };
  Start(settings(old_secret));
  const std::string learned = Dig({});
  const size_t at = learned.find("COOKIE: ") + 8;
  const std::string cookie = learned.substr(at, 48);
  EXPECT_THAT(Dig({"+cookie=" + cookie, "+nobadcookie"}), HasSubstr("192.0.2.80"));
  const auto is_taken_after = [&](const std::string& secrets, bool expected) {
    WriteSettings(settings(secrets));
    d_.director().Signal(SIGHUP);
    return Eventually([&] {
      const std::string out = Dig({"+cookie=" + cookie, "+nobadcookie"});
      return (out.find("192.0.2.80") != std::string::npos) == expected;
    });
  };
  EXPECT_TRUE(is_taken_after(new_secret, false));
  EXPECT_TRUE(is_taken_after(new_secret + ", " + old_secret, true));
}

TEST_F(Transports, AccessListsOfServerAndZoneRefuseAndSayWhy) {
  Start("",
        "kind: Zone\norigin: closed.test\nallow_query: [192.0.2.0/24]\n"
        "text: \"@ 60 SOA ns h 1 1 1 1 1\\n@ 60 NS ns.example.\\n\"\n");
  const std::string closed =
      Run({"dig", "@127.0.0.1", "-p", std::to_string(d_.dns_port()), "closed.test"});
  EXPECT_THAT(closed, HasSubstr("REFUSED"));
  EXPECT_THAT(closed, HasSubstr("EDE: 18"));
  EXPECT_THAT(Dig({}), HasSubstr("192.0.2.80"));
  WriteSettings("allow_query: [192.0.2.0/24]\n");
  d_.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] { return Dig({}).find("EDE: 18") != std::string::npos; }));
}

TEST_F(Transports, DnsdistPassesClientsOn) {
  if (!HasProgram("dnsdist")) GTEST_SKIP() << "dnsdist is not installed";
  // Who asks dnsdist from 127.0.0.9 is served, others are not: only the header tells them apart.
  Start("proxy_from: [127.0.0.7]\nallow_query: [127.0.0.9, 127.0.0.7]\n");
  const std::string port = std::to_string(FreePort());
  const std::string conf =
      d_.dir().Write("dnsdist.conf", "setLocal('127.0.0.1:" + port +
                                         "')\nsetSecurityPollSuffix('')\n"
                                         "newServer({address='127.0.0.1:" +
                                         std::to_string(d_.dns_port()) +
                                         "', source='127.0.0.7', useProxyProtocol=true})\n");
  Process dnsdist({"dnsdist", "-C", conf, "--supervised", "--disable-syslog"},
                  d_.dir().path() + "/dnsdist");
  const auto ask = [&](const std::string& from, const std::string& transport) {
    return Run({"dig", "@127.0.0.1", "-p", port, "-b", from, "+tries=1", "+time=1", transport,
                "www2.example.test"});
  };
  EXPECT_TRUE(Eventually([&] {
    return ask("127.0.0.9", "+notcp").find("192.0.2.80") != std::string::npos;
  })) << dnsdist.err();
  EXPECT_THAT(ask("127.0.0.9", "+tcp"), HasSubstr("192.0.2.80"));
  EXPECT_THAT(ask("127.0.0.8", "+notcp"), HasSubstr("REFUSED"));
  EXPECT_THAT(ask("127.0.0.8", "+tcp"), HasSubstr("REFUSED"));
}

}  // namespace
}  // namespace waypost::test
