#include "dnsd/webhook/deliverer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "tests/support/certificate.h"
#include "tests/support/http_server.h"
#include "tests/support/process.h"

namespace waypost::webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Behaviour;
using test::HttpServer;
using ::testing::HasSubstr;

bool Eventually(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + seconds(30);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

class DelivererTest : public ::testing::Test {
 protected:
  static Target To(const std::string& name, uint16_t port) {
    Target target;
    target.name = name;
    target.host = "127.0.0.1";
    target.port = port;
    target.path = "/hook?team=a";
    target.kinds = {"failover"};
    target.timeout = milliseconds(500);
    return target;
  }
  void Tell(const std::string& kind = "failover", const std::string& subject = "pool/web") {
    deliverer_.Take({"", clock_.WallNow(), kind, subject, "down", 1, 1});
  }
  CourierFigures Of(const std::string& name) { return deliverer_.figures()[name].courier; }
  bool Delivers(const std::string& name, uint64_t count = 1) {
    return Eventually([&] { return Of(name).delivered == count; });
  }
  bool Fails(const std::string& name, const std::string& with) {
    return Eventually([&] { return Of(name).error.find(with) != std::string::npos; });
  }

  SystemClock clock_;
  Deliverer deliverer_{clock_, 1};
};

TEST_F(DelivererTest, PostsTheEventSigned) {
  HttpServer server;
  Target target = To("a", server.port());
  target.secret = "correct horse";
  deliverer_.Configure({target});
  Tell();
  ASSERT_TRUE(Delivers("a")) << Of("a").error;
  const std::string request = server.last_request();
  EXPECT_THAT(request, HasSubstr("POST /hook?team=a HTTP/1.1"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json"));
  EXPECT_THAT(request, HasSubstr("Waypost-Event: failover"));
  EXPECT_THAT(request, HasSubstr("Waypost-Delivery: "));
  EXPECT_THAT(request, HasSubstr("Waypost-Timestamp: "));
  EXPECT_THAT(request, HasSubstr("Waypost-Signature: v1="));
}

TEST_F(DelivererTest, FilteredEventsAreNotSent) {
  HttpServer server;
  Target target = To("a", server.port());
  target.subjects = {"pool/*"};
  deliverer_.Configure({target});
  Tell("verdict");
  Tell("failover", "region/eu");
  Tell();
  ASSERT_TRUE(Delivers("a"));
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(DelivererTest, ServerErrorIsTriedAgainAndARefusalIsNot) {
  HttpServer server;
  server.Reply(500);
  deliverer_.Configure({To("a", server.port())});
  Tell();
  ASSERT_TRUE(Fails("a", "status 500"));
  EXPECT_EQ(Of("a").waiting, 1U);
  server.Reply(202);
  EXPECT_TRUE(Delivers("a"));

  server.Reply(404);
  Tell();
  ASSERT_TRUE(Fails("a", "status 404"));
  EXPECT_EQ(Of("a").waiting, 0U);
  EXPECT_EQ(Of("a").dropped, 1U);
}

TEST_F(DelivererTest, SilentReceiverTimesOutAndHarmsNoOther) {
  HttpServer silent, good;
  silent.Behave({Behaviour::Kind::kHang, "", {}});
  deliverer_.Configure({To("silent", silent.port()), To("good", good.port())});
  for (int i = 0; i < 20; ++i) Tell();
  EXPECT_TRUE(Delivers("good", 20));
  EXPECT_TRUE(Fails("silent", "timeout"));
  EXPECT_EQ(Of("silent").waiting, 20U);
}

TEST_F(DelivererTest, RefusedConnectionIsAFailure) {
  deliverer_.Configure({To("a", test::FreePort())});
  Tell();
  EXPECT_TRUE(Fails("a", "connect: "));
}

class TlsDelivererTest : public DelivererTest {
 protected:
  void SetUp() override {
    test::CertificateOptions options;
    options.names = {"127.0.0.1"};
    certificate_ = test::MakeCertificate(options);
    options.names = {"elsewhere.example"};
    other_ = test::MakeCertificate(options);
  }
  Target Trusting(const test::Certificate& certificate, uint16_t port) {
    Target target = To("a", port);
    target.is_tls = true;
    target.ca_file = dir_.path() + "/ca.pem";
    std::ofstream(target.ca_file) << certificate.certificate;
    return target;
  }

  test::TempDir dir_;
  test::Certificate certificate_, other_;
};

TEST_F(TlsDelivererTest, PostsOverTlsToWhomItTrusts) {
  HttpServer server({.certificate = certificate_});
  deliverer_.Configure({Trusting(certificate_, server.port())});
  Tell();
  EXPECT_TRUE(Delivers("a")) << Of("a").error;
}

TEST_F(TlsDelivererTest, UnknownAuthorityIsRefused) {
  HttpServer server({.certificate = certificate_});
  Target target = To("a", server.port());
  target.is_tls = true;
  deliverer_.Configure({target});
  Tell();
  EXPECT_TRUE(Fails("a", "certificate refused: self-signed certificate")) << Of("a").error;
}

TEST_F(TlsDelivererTest, CertificateOfAnotherNameIsRefused) {
  HttpServer server({.certificate = other_});
  deliverer_.Configure({Trusting(other_, server.port())});
  Tell();
  EXPECT_TRUE(Fails("a", "certificate refused: IP address mismatch")) << Of("a").error;
}

TEST_F(DelivererTest, EventsThatWaitGoToTheNewAddress) {
  HttpServer server;
  deliverer_.Configure({To("a", test::FreePort())});
  Tell();
  ASSERT_TRUE(Fails("a", "connect"));
  deliverer_.Configure({To("a", server.port())});
  EXPECT_TRUE(Delivers("a"));
}

TEST_F(DelivererTest, StopsWithEventsOnTheirWay) {
  HttpServer server;
  server.Behave({Behaviour::Kind::kHang, "", {}});
  deliverer_.Configure({To("a", server.port())});
  Tell();
  EXPECT_TRUE(Eventually([&] { return server.accepted() == 1; }));
  deliverer_.Stop();
}

}  // namespace
}  // namespace waypost::webhook
