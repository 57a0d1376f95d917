// Against nghttpd, the server of Debian's nghttp2-server.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/support/process.h"
#include "tests/unit/healthd/tls_fixture.h"

namespace waypost::probe {
namespace {

using testing::HasSubstr;

class Http2Probe : public TlsFixture {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/sbin/nghttpd"))
      GTEST_SKIP() << "nghttpd is not installed (deploy/install-deps)";
    site.Write("index.html", "all is fine here\n");
  }
  /// `more`: --no-tls, or paths of key and certificate.
  void Run(const std::vector<std::string>& more) {
    port = test::FreePort();
    std::vector<std::string> command = {"/usr/sbin/nghttpd", "-d", site.path(), "-a", "127.0.0.1"};
    if (more.size() == 1) command.push_back(more[0]);
    command.push_back(std::to_string(port));
    if (more.size() == 2) command.insert(command.end(), more.begin(), more.end());
    process.emplace(command, site.path() + "/nghttpd");
    const v1::Target listens = TcpTarget(port);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!ProbeOnce(listens).succeeded() && std::chrono::steady_clock::now() < limit) {
    }
  }
  void RunPlain() {
    Run({"--no-tls"});
    target = HttpTarget(port);
    http = target.mutable_monitor()->mutable_http();
    http->set_version(v1::HTTP_VERSION_HTTP2);
  }
  void Expect(v1::Layer layer, const std::string& detail) {
    const Outcome outcome = ProbeOnce(target);
    EXPECT_EQ(outcome.failure.layer, layer);
    EXPECT_EQ(outcome.failure.detail, detail);
  }

  test::TempDir site;
  uint16_t port = 0;
  std::optional<test::Process> process;
  v1::HttpProbe* http = nullptr;
};

TEST_F(Http2Probe, JudgesStatusAndBodyWithoutTls) {
  RunPlain();
  Expect(v1::LAYER_NONE, "");
  http->mutable_expect()->set_body("fine");
  Expect(v1::LAYER_NONE, "");
  http->mutable_expect()->set_body_pattern("^all .* there");
  Expect(v1::LAYER_CONTENT, "body does not match \"^all .* there\"");
  http->set_path("/nowhere");
  Expect(v1::LAYER_CONTENT, "status 404, want 200-299");
}

TEST_F(Http2Probe, ReadsALoadFromTheHeaderAndTheBody) {
  RunPlain();
  http->mutable_load()->mutable_used()->set_header("Content-Length");
  EXPECT_EQ(ProbeOnce(target).load.used, 17);
  site.Write("load.json", "{\"load\": 31}\n");
  http->set_path("/load.json");
  http->mutable_load()->mutable_used()->set_json("/load");
  EXPECT_EQ(ProbeOnce(target).load.used, 31);
  http->mutable_load()->mutable_used()->set_header("X-Load");
  EXPECT_EQ(ProbeOnce(target).warning, "load: there is no header X-Load");
}

TEST_F(Http2Probe, SendsHeadAndPost) {
  RunPlain();
  http->set_method("HEAD");
  Expect(v1::LAYER_NONE, "");
  http->set_method("POST");
  http->set_body(std::string(8000, 'x'));
  Expect(v1::LAYER_NONE, "");
}

TEST_F(Http2Probe, AgreesOnH2OverTls) {
  const Certificate certificate = Issue(kGood);
  Run({site.Write("key.pem", certificate.key), site.Write("cert.pem", certificate.certificate)});
  target = HttpsTarget(port);
  http = target.mutable_monitor()->mutable_https();
  http->set_version(v1::HTTP_VERSION_HTTP2);
  http->set_host("www.example.com");
  http->set_ca_file(ca_file());
  http->mutable_expect()->set_body("fine");
  const Outcome outcome = ExpectPassed();
  EXPECT_GT(outcome.phases.tls_us, 0U);
  EXPECT_GT(outcome.phases.first_byte_us, 0U);
}

TEST_F(Http2Probe, FailsWhereTheServerSpeaksHttp1) {
  const HttpServer plain;
  target = HttpTarget(plain.port());
  target.mutable_monitor()->mutable_http()->set_version(v1::HTTP_VERSION_HTTP2);
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_RESPONSE);
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_MALFORMED) << outcome.failure.detail;
}

}  // namespace
}  // namespace waypost::probe
