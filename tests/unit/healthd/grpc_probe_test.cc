// Against the health service that gRPC's own server brings along.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include "healthd/probe/grpc_dialogue.h"
#include "tests/unit/healthd/tls_fixture.h"
#include "waypost/v1/evidence.grpc.pb.h"

namespace waypost::probe {
namespace {

using testing::HasSubstr;

class GrpcServer {
 public:
  explicit GrpcServer(const std::shared_ptr<grpc::ServerCredentials>& credentials =
                          grpc::InsecureServerCredentials()) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port);
    builder.RegisterService(&service);
    server = builder.BuildAndStart();
    Say("orders", true);
  }
  ~GrpcServer() { Shutdown(); }

  void Say(const std::string& name, bool serving) {
    server->GetHealthCheckService()->SetServingStatus(name, serving);
  }
  void Shutdown() { server->Shutdown(std::chrono::system_clock::now()); }

  v1::Evidence::Service service;  // any: without one gRPC starts no thread
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

v1::Target GrpcTarget(int port, const std::string& service = "") {
  v1::Target target = TargetAt("127.0.0.1");
  target.mutable_monitor()->mutable_grpc()->set_port(static_cast<uint32_t>(port));
  target.mutable_monitor()->mutable_grpc()->set_service(service);
  return target;
}

TEST(GrpcProbe, AsksForTheServerAndForAService) {
  GrpcServer server;
  for (const char* service : {"", "orders"}) {
    const Outcome outcome = ProbeOnce(GrpcTarget(server.port, service));
    EXPECT_TRUE(outcome.succeeded()) << service << ": " << outcome.failure.detail;
    EXPECT_GT(outcome.phases.first_byte_us, 0U);
  }
  server.Say("orders", false);
  const Outcome outcome = ProbeOnce(GrpcTarget(server.port, "orders"));
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_CONTENT);
  EXPECT_EQ(outcome.failure.detail, "status NOT_SERVING");
}

TEST(GrpcProbe, SaysThatAServiceIsNotKnown) {
  GrpcServer server;
  const Outcome outcome = ProbeOnce(GrpcTarget(server.port, std::string(200, 'x')));
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_CONTENT);
  EXPECT_THAT(outcome.failure.detail, HasSubstr("grpc status 5 (NOT_FOUND)"));
}

TEST(GrpcProbe, FailsWhereNoHttp2IsSpoken) {
  const HttpServer plain;
  const Outcome outcome = ProbeOnce(GrpcTarget(plain.port()));
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_RESPONSE);
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_MALFORMED) << outcome.failure.detail;
  EXPECT_EQ(ProbeOnce(GrpcTarget(test::FreePort())).failure.fault, v1::FAULT_REFUSED);
}

class GrpcOverTls : public TlsFixture {
 protected:
  static std::shared_ptr<grpc::ServerCredentials> Credentials(const Certificate& certificate) {
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({certificate.key, certificate.certificate});
    return grpc::SslServerCredentials(options);
  }
};

TEST_F(GrpcOverTls, AgreesOnH2) {
  GrpcServer secure(Credentials(Issue(kGood)));
  target = GrpcTarget(secure.port);
  v1::TlsOptions& tls = *target.mutable_monitor()->mutable_grpc()->mutable_tls();
  tls.set_name("www.example.com");
  tls.set_ca_file(ca_file());
  ExpectPassed();
  tls.set_name("other.example.com");
  ExpectFailed(
      "hostname mismatch: the certificate is for www.example.com, want \"other.example.com\"");
}

TEST_F(GrpcOverTls, FailsWhereTheServerDoesNotAgreeOnH2) {
  Serve(Issue(kGood));
  target = GrpcTarget(server->port());
  v1::TlsOptions& tls = *target.mutable_monitor()->mutable_grpc()->mutable_tls();
  tls.set_name("www.example.com");
  tls.set_ca_file(ca_file());
  EXPECT_EQ(ExpectFailed("the server does not agree to h2 (ALPN)").failure.fault,
            v1::FAULT_TLS_ALPN);
}

class GrpcWatch : public testing::Test {
 protected:
  void SetUp() override {
    v1::Target target = GrpcTarget(server.port, "orders");
    target.mutable_monitor()->mutable_grpc()->set_watch(true);
    const auto spec = BuildSpec(target);
    ASSERT_TRUE(spec && IsHeld(*spec));
    stop = prober.Hold(std::make_shared<Spec>(*spec),
                       [this](const Outcome& outcome) { told.push_back(outcome); });
  }
  void TearDown() override {
    stop();
    io.run_for(std::chrono::seconds(5));
  }
  bool Becomes(bool succeeded, size_t times) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    told.clear();
    const auto done = [&] { return told.size() >= times && told.back().succeeded() == succeeded; };
    while (!done() && std::chrono::steady_clock::now() < limit)
      io.run_one_for(std::chrono::milliseconds(10));
    return done();
  }

  GrpcServer server;
  boost::asio::io_context io{1};
  NetworkProber prober{io};
  std::vector<Outcome> told;
  Prober::Stop stop;
};

TEST_F(GrpcWatch, HearsOfEveryChangeOnOneStream) {
  ASSERT_TRUE(Becomes(true, 1));
  server.Say("orders", false);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(Becomes(false, 3)) << "repeated, so that it counts for `fall`";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1))
      << "not at the interval of 5 s";
  EXPECT_EQ(told.front().failure.detail, "status NOT_SERVING");
  server.Say("orders", true);
  EXPECT_TRUE(Becomes(true, 1));
}

TEST_F(GrpcWatch, HearsOfTheServersDeathAtOnce) {
  ASSERT_TRUE(Becomes(true, 1));
  server.Shutdown();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(Becomes(false, 3));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(HealthRequest, FramesTheService) {
  EXPECT_EQ(BuildHealthRequest(""), std::string(5, '\0'));
  EXPECT_EQ(BuildHealthRequest("a"), std::string("\0\0\0\0\3\x0A\1a", 8));
  const std::string name(200, 'x');
  EXPECT_EQ(BuildHealthRequest(name), std::string("\0\0\0\0\xCB\x0A\xC8\1", 8) + name);
}

}  // namespace
}  // namespace waypost::probe
