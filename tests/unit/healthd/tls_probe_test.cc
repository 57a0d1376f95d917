#include "tests/unit/healthd/tls_fixture.h"

namespace waypost::probe {
namespace {

using testing::HasSubstr;
using Kind = test::Behaviour::Kind;

class TlsProbe : public TlsFixture {
 protected:
  v1::TlsOptions& options() { return *target.mutable_monitor()->mutable_tls()->mutable_options(); }
  /// The handshake alone.
  void Shake(const HttpServer::Options& how) {
    Serve(how);
    target.mutable_monitor()->mutable_tls()->set_port(server->port());
    options().set_name("www.example.com");
    options().set_ca_file(ca_file());
  }
  void Shake() { Shake({"127.0.0.1", 0, Issue(kGood)}); }
  void Expect(v1::Fault fault, const std::string& detail) {
    const Outcome outcome = ProbeOnce(target, permissions);
    EXPECT_EQ(outcome.failure.fault, fault) << v1::Fault_Name(outcome.failure.fault);
    EXPECT_EQ(outcome.failure.layer, fault == v1::FAULT_NONE ? v1::LAYER_NONE : v1::LAYER_TLS);
    EXPECT_THAT(outcome.failure.detail, HasSubstr(detail));
  }
  void Present(const std::string& name, const Certificate& certificate) {
    const std::string path = folder / name;
    std::ofstream(path + ".pem") << certificate.certificate;
    std::ofstream(path + ".key") << certificate.key;
    permissions.identities[name] = {path + ".pem", path + ".key"};
    options().set_identity(name);
  }

  Permissions permissions;
};

TEST_F(TlsProbe, PassesWithTheHandshakeAlone) {
  Shake();
  const Outcome outcome = ProbeOnce(target);
  EXPECT_TRUE(outcome.succeeded()) << outcome.failure.detail;
  EXPECT_GT(outcome.phases.tls_us, 0U);
  EXPECT_EQ(outcome.phases.first_byte_us, 0U);
}

TEST_F(TlsProbe, SpeaksAfterTheHandshake) {
  Shake();
  server->Behave({Kind::kGreet, "* OK IMAP4rev1 ready\r\n"});
  target.mutable_monitor()->mutable_tls()->set_expect("IMAP4");
  Expect(v1::FAULT_NONE, "");
}

TEST_F(TlsProbe, TellsChainNameAndExpiryApart) {
  Shake({"127.0.0.1", 0, MakeCertificate(kGood)});
  Expect(v1::FAULT_TLS_CHAIN, "self-signed certificate");
  Shake({"127.0.0.1", 0, Issue({.names = {"other.example.com"}})});
  Expect(v1::FAULT_TLS_NAME,
         "hostname mismatch: the certificate is for other.example.com, want \"www.example.com\"");
  Shake({"127.0.0.1", 0, Issue({.names = {"192.0.2.1", "2001:db8::1", "a.test", "b.test"}})});
  Expect(v1::FAULT_TLS_NAME, "is for 192.0.2.1, 2001:db8::1, a.test, ..., want");
  Shake({"127.0.0.1", 0,
         Issue({.names = {"www.example.com"}, .valid_from_s = -7200, .valid_for_s = -3600})});
  Expect(v1::FAULT_TLS_EXPIRED, "certificate has expired");
}

TEST_F(TlsProbe, SaysThatAPortPerhapsSpeaksNoTls) {
  test::HttpServer plain;
  Shake();
  target.mutable_monitor()->mutable_tls()->set_port(plain.port());
  plain.Behave({Kind::kGreet, "220 mail.example.com ESMTP\r\n"});
  Expect(v1::FAULT_TLS_VERSION, "wrong version number (SSL routines): perhaps it is no TLS");
}

TEST_F(TlsProbe, WantsAProtocolFloor) {
  Shake({"127.0.0.1", 0, Issue(kGood), "", "TLSv1.2"});
  options().set_min_version(v1::TLS_VERSION_TLS1_2);
  Expect(v1::FAULT_NONE, "");
  options().set_min_version(v1::TLS_VERSION_TLS1_3);
  Expect(v1::FAULT_TLS_VERSION, "protocol TLSv1.2, want at least TLSv1.3");
}

TEST_F(TlsProbe, WantsOneOfTheCiphers) {
  Shake({"127.0.0.1", 0, Issue(kGood), "", "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"});
  options().add_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384");
  Expect(v1::FAULT_TLS_CIPHER,
         "cipher ECDHE-ECDSA-AES128-GCM-SHA256, want ECDHE-ECDSA-AES256-GCM-SHA384");
  options().add_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256");
  Expect(v1::FAULT_NONE, "");
}

TEST_F(TlsProbe, WarnsAndThenFailsAsTheExpiryComesNear) {
  Shake();  // for an hour
  EXPECT_EQ(ProbeOnce(target).warning, "sooner than warn_expiry, 14 days") << "when stands beside";
  options().mutable_warn_expiry()->set_seconds(1800);
  EXPECT_EQ(ProbeOnce(target).warning, "");
  options().mutable_fail_expiry()->set_seconds(7200);
  Expect(v1::FAULT_TLS_EXPIRES_SOON, "want at least 2 hours");
}

TEST_F(TlsProbe, PresentsAnIdentityOfTheVantage) {
  Shake({"127.0.0.1", 0, Issue(kGood), authority.certificate});
  target.mutable_monitor()->mutable_tls()->set_expect("hello");
  server->Behave({Kind::kGreet, "hello"});
  Present("prober", Issue({.names = {"prober"}}));
  Expect(v1::FAULT_NONE, "");
}

TEST_F(TlsProbe, SaysThatTheServerWantsAnotherIdentity) {
  for (const char* protocol : {"", "TLSv1.2"}) {
    Shake({"127.0.0.1", 0, Issue(kGood), authority.certificate, protocol});
    target.mutable_monitor()->mutable_tls()->set_expect("hello");
    server->Behave({Kind::kGreet, "hello"});
    Expect(v1::FAULT_TLS_CLIENT_CERTIFICATE, "the server asks for a client certificate");
    Present("stranger", MakeCertificate({.names = {"stranger"}}));
    Expect(v1::FAULT_TLS_CLIENT_CERTIFICATE, "alert");
    options().clear_identity();
  }
}

TEST_F(TlsProbe, UsesNoIdentityThatTheVantageDoesNotHave) {
  Shake();
  options().set_identity("root");
  Expect(v1::FAULT_OTHER, "this vantage has no identity \"root\"");
  EXPECT_FALSE(ProbeOnce(target, permissions).conclusive);
}

}  // namespace
}  // namespace waypost::probe
