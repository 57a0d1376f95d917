#include "tests/unit/healthd/tls_fixture.h"

namespace waypost::probe {
namespace {

using Kind = test::Behaviour::Kind;

using HttpsProbe = TlsFixture;

TEST_F(HttpsProbe, PassesWithATrustedCertificate) {
  Serve(Issue(kGood));
  const Outcome outcome = ExpectPassed();
  EXPECT_GT(outcome.phases.tls_us, 0U);
  EXPECT_NEAR(static_cast<double>(outcome.certificate_expires_in_s), 3600, 30);
}

TEST_F(HttpsProbe, RefusesASelfSignedCertificate) {
  Serve(MakeCertificate(kGood));
  const Outcome outcome = ExpectFailed("self-signed certificate");
  EXPECT_NEAR(static_cast<double>(outcome.certificate_expires_in_s), 3600, 30);
}

TEST_F(HttpsProbe, RefusesAWrongName) {
  Serve(Issue({.names = {"other.example.com"}}));
  ExpectFailed(
      "hostname mismatch: the certificate is for other.example.com, want \"www.example.com\"");
}

TEST_F(HttpsProbe, RefusesAnExpiredCertificateAndNotesItsAge) {
  Serve(Issue({.names = {"www.example.com"}, .valid_from_s = -7200, .valid_for_s = -3600}));
  const Outcome outcome = ExpectFailed("certificate has expired");
  EXPECT_NEAR(static_cast<double>(outcome.certificate_expires_in_s), -3600, 30);
}

TEST_F(HttpsProbe, SkipVerifyTakesAnyCertificateAndNotesItsExpiry) {
  for (const Certificate& certificate :
       {MakeCertificate(kGood), Issue({.names = {"other.example.com"}}),
        Issue({.names = {"www.example.com"}, .valid_from_s = -7200, .valid_for_s = -3600})}) {
    Serve(certificate);
    monitor().set_skip_verify(true);
    EXPECT_NE(ExpectPassed().certificate_expires_in_s, 0);
  }
}

TEST_F(HttpsProbe, VerifiesAnAddressWhenTheMonitorNamesNoHost) {
  Serve(Issue({.names = {"127.0.0.1"}}));
  monitor().clear_host();
  ExpectPassed();
  Serve(Issue(kGood));
  monitor().clear_host();
  ExpectFailed("IP address mismatch: the certificate is for www.example.com, want \"127.0.0.1\"");
}

TEST_F(HttpsProbe, LoadsAnAuthorityAgainWhenItsFileChanged) {
  Serve(Issue(kGood));
  const auto spec = std::make_shared<Spec>(*BuildSpec(target));
  boost::asio::io_context io(1);
  NetworkProber prober(io);
  const auto probe = [&] {
    Outcome outcome;
    prober.Start(spec, [&outcome](const Outcome& found) { outcome = found; });
    io.restart();
    io.run();
    return outcome;
  };
  EXPECT_TRUE(probe().succeeded());
  Trust(MakeCertificate({.common_name = "stranger", .is_authority = true}));
  std::filesystem::last_write_time(
      ca_file(), std::filesystem::file_time_type::clock::now() + std::chrono::seconds(5));
  EXPECT_FALSE(probe().succeeded());
}

TEST_F(HttpsProbe, NamesAnAuthorityFileThatIsMissing) {
  Serve(Issue(kGood));
  monitor().set_ca_file("/nowhere/ca.pem");
  const Outcome outcome = ProbeOnce(target);
  EXPECT_FALSE(outcome.conclusive) << "the vantage's file, not the server's fault";
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_TLS);
  EXPECT_THAT(outcome.failure.detail, testing::HasSubstr("/nowhere/ca.pem"));
}

TEST_F(HttpsProbe, FailsAtTlsWhenTheServerSpeaksNone) {
  HttpServer plain;
  plain.Behave({Kind::kReset});
  target = HttpsTarget(plain.port());
  EXPECT_EQ(ProbeOnce(target).failure.detail, "connection reset");
  plain.Behave({Kind::kHangAtConnect});
  SetTimeout(target, 100);
  ExpectFailed("timed out after 100 ms");
}

TEST_F(HttpsProbe, JudgesTheContentToo) {
  Serve(Issue(kGood));
  server->Reply(503);
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_CONTENT);
  EXPECT_EQ(outcome.failure.detail, "status 503, want 200-299");
}

}  // namespace
}  // namespace waypost::probe
