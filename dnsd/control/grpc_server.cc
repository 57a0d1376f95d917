#include "dnsd/control/grpc_server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string_view>

#include "dnsd/base/ip.h"

namespace waypost::control {
namespace {

/// A zone of a million records is some 50 MB of text.
constexpr int kMaxMessageBytes = 128 << 20;
constexpr std::string_view kUnix = "unix:";

bool IsUnix(const std::string& address) { return address.starts_with(kUnix); }

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return Fail(ErrorCode::kUnavailable, "cannot read " + path);
  return text.str();
}

Result<std::shared_ptr<grpc::ServerCredentials>> MutualTls(const ControlOptions& options) {
  const auto ca = ReadFile(options.ca_file);
  if (!ca) return tl::unexpected(ca.error());
  const auto certificate = ReadFile(options.cert_file);
  if (!certificate) return tl::unexpected(certificate.error());
  const auto key = ReadFile(options.key_file);
  if (!key) return tl::unexpected(key.error());
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = *ca;
  tls.pem_key_cert_pairs.push_back({*key, *certificate});
  auto credentials = grpc::SslServerCredentials(tls);
  credentials->SetAuthMetadataProcessor(MakeGatekeeper(options.access));
  return credentials;
}

Result<std::shared_ptr<grpc::ServerCredentials>> CredentialsFor(const ControlOptions& options) {
  if (IsUnix(options.address) || options.insecure) return grpc::InsecureServerCredentials();
  if (options.ca_file.empty() || options.cert_file.empty() || options.key_file.empty()) {
    return Fail(
        ErrorCode::kInvalid,
        fmt::format("control address {} is reachable over the network and needs mutual TLS: give "
                    "--control-ca, "
                    "--control-cert and --control-key (or, for tests only, --insecure-control)",
                    options.address));
  }
  return MutualTls(options);
}

/// A socket left behind by a process that is gone must not keep a new one from starting; a living
/// one must.
Status ClearStaleSocket(const std::string& path) {
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0) return {};
  if (!S_ISSOCK(facts.st_mode))
    return Fail(ErrorCode::kInvalid, fmt::format("{} exists and is no socket", path));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool alive = connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  if (alive)
    return Fail(ErrorCode::kConflict, fmt::format("another process listens on unix:{}", path));
  unlink(path.c_str());
  return {};
}

Status CheckAddress(const std::string& address) {
  if (!IsUnix(address)) {
    if (SocketAddress::Parse(address)) return {};
    return Fail(ErrorCode::kInvalid,
                fmt::format("control address \"{}\" is neither unix:PATH nor ADDR:PORT", address));
  }
  const std::string path = address.substr(kUnix.size());
  if (path.empty() || path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return Fail(
        ErrorCode::kInvalid,
        fmt::format("control address \"{}\": the path must have 1 to 107 letters", address));
  }
  return ClearStaleSocket(path);
}

void EnablePlugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

}  // namespace

Result<std::unique_ptr<GrpcServer>> GrpcServer::Start(const ControlOptions& options,
                                                      const ServiceContext& context) {
  if (Status status = CheckAddress(options.address); !status) return tl::unexpected(status.error());
  auto credentials = CredentialsFor(options);
  if (!credentials) return tl::unexpected(credentials.error());
  EnablePlugins();
  std::unique_ptr<GrpcServer> server(new GrpcServer);
  server->services_.push_back(MakeConfigurationService(context));
  server->services_.push_back(MakeTrafficService(context));
  server->services_.push_back(MakeInsightService(context));
  server->services_.push_back(MakeLatencyService(context));
  server->services_.push_back(MakeRegistryService(context));
  server->services_.push_back(MakeSignalService(context));
  server->services_.push_back(MakeEvidenceService(context));
  server->services_.push_back(MakeDiagnosticsService(context));

  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, *credentials, &port);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  // A second server on the same port must fail, not share it.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 10000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 3000);
  for (const auto& service : server->services_) builder.RegisterService(service.get());
  const mode_t former_mask = umask(0117);
  server->server_ = builder.BuildAndStart();
  umask(former_mask);
  if (!server->server_ || (port == 0 && !IsUnix(options.address))) {
    return Fail(
        ErrorCode::kUnavailable,
        fmt::format("cannot listen on control address {}: {}", options.address,
                    IsUnix(options.address) ? "its folder must exist, and be ours to write to"
                                            : "it must be ours, and free"));
  }
  server->address_ = options.address;
  if (auto socket = SocketAddress::Parse(options.address)) {
    socket->port = static_cast<uint16_t>(port);
    server->address_ = socket->ToString();
  }
  server->SetHealthy(true);
  return server;
}

GrpcServer::~GrpcServer() { Stop(); }

void GrpcServer::SetHealthy(bool healthy) {
  server_->GetHealthCheckService()->SetServingStatus(healthy);
}

void GrpcServer::Stop() {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  server_->Wait();
  server_.reset();
}

}  // namespace waypost::control
