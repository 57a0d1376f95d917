// An authority of the test's, and a server with a certificate of its signing.
#pragma once

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {

using test::Certificate;
using test::CertificateOptions;
using test::HttpServer;
using test::MakeCertificate;

class TlsFixture : public testing::Test {
 protected:
  TlsFixture() {
    std::string pattern = testing::TempDir() + "waypost-https-XXXXXX";
    folder = mkdtemp(pattern.data());
    CertificateOptions options;
    options.common_name = "authority";
    options.is_authority = true;
    authority = MakeCertificate(options);
    Trust(authority);
  }
  ~TlsFixture() override { std::filesystem::remove_all(folder); }

  void Trust(const Certificate& certificate) {
    std::ofstream(ca_file()) << certificate.certificate;
  }
  std::string ca_file() const { return folder / "ca.pem"; }

  Certificate Issue(CertificateOptions options) const {
    options.issuer = &authority;
    return MakeCertificate(options);
  }

  void Serve(const Certificate& certificate) { Serve({"127.0.0.1", 0, certificate}); }
  void Serve(const HttpServer::Options& options) {
    server.emplace(options);
    target = HttpsTarget(server->port());
    monitor().set_host("www.example.com");
    monitor().set_ca_file(ca_file());
  }
  v1::HttpProbe& monitor() { return *target.mutable_monitor()->mutable_https(); }

  Outcome ExpectFailed(const std::string& detail) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_EQ(outcome.failure.layer, v1::LAYER_TLS);
    EXPECT_EQ(outcome.failure.detail, detail);
    return outcome;
  }
  Outcome ExpectPassed() {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_TRUE(outcome.succeeded()) << outcome.failure.detail;
    return outcome;
  }

  std::filesystem::path folder;
  Certificate authority;
  std::optional<HttpServer> server;
  v1::Target target;
};

inline const CertificateOptions kGood{.names = {"www.example.com"}};

}  // namespace waypost::probe
