// Webhooks over HTTPS, with the real director and a receiver that has a certificate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"
#include "tests/support/certificate.h"

namespace waypost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class HttpsWebhook : public ::testing::Test {
 protected:
  HttpsWebhook() {
    CertificateOptions options;
    options.common_name = "authority";
    options.is_authority = true;
    authority_ = MakeCertificate(options);
  }

  Certificate CertificateFor(const std::string& name) const {
    CertificateOptions options;
    options.names = {name};
    options.issuer = &authority_;
    return MakeCertificate(options);
  }
  /// A director that tells of failovers, and trusts this authority.
  void Start(const HttpServer& receiver, const Certificate& trusted) {
    const std::string ca = d_.dir().Write("ca.pem", trusted.certificate);
    const std::string secret = d_.dir().Write("secret", "eight octets or more\n");
    const std::string url = "https://127.0.0.1:" + std::to_string(receiver.port()) + "/hook";
    const std::string folder = d_.WriteConfiguration(
        TwoRegions(servers_.port) + "---\nkind: Webhook\nname: oncall\nurl: " + url +
        "\nca_file: " + ca + "\nsecret_file: " + secret + "\nevents: [verdict]\n");
    ASSERT_TRUE(d_.StartDirector({"--load", folder, "--state", "memory"})) << d_.director().err();
    d_.StartVantage("v1");
    ASSERT_TRUE(StatusSays("\"votes_up\": 1")) << Status();
    servers_.east->Refuse();
  }
  std::string Status() { return d_.Ctl({"-o", "json", "status"}).out; }
  bool StatusSays(const std::string& words) {
    return Eventually([&] { return Status().find(words) != std::string::npos; },
                      std::chrono::seconds(60));
  }

  TwoServers servers_;
  Certificate authority_;
  Deployment d_;
};

TEST_F(HttpsWebhook, DeliversSignedToAReceiverOfATrustedAuthority) {
  HttpServer receiver({.certificate = CertificateFor("127.0.0.1")});
  Start(receiver, authority_);
  EXPECT_TRUE(StatusSays("\"delivered\": ")) << Status();
  EXPECT_THAT(receiver.last_request(),
              AllOf(HasSubstr("POST /hook"), HasSubstr("Waypost-Event: verdict"),
                    HasSubstr("Waypost-Signature: v1=")));
}

TEST_F(HttpsWebhook, CertificateOfAnotherAuthorityGetsNothingAndStatusSaysWhy) {
  HttpServer receiver({.certificate = CertificateFor("127.0.0.1")});
  Start(receiver, MakeCertificate({}));
  EXPECT_TRUE(StatusSays("unable to get local issuer certificate")) << Status();
  EXPECT_EQ(receiver.last_request(), "");
}

TEST_F(HttpsWebhook, CertificateOfAnotherNameGetsNothingAndStatusSaysWhy) {
  HttpServer receiver({.certificate = CertificateFor("elsewhere.example")});
  Start(receiver, authority_);
  EXPECT_TRUE(StatusSays("IP address mismatch")) << Status();
  EXPECT_EQ(receiver.last_request(), "");
}

}  // namespace
}  // namespace waypost::test
