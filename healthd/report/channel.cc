#include "healthd/report/channel.h"

#include <fstream>
#include <sstream>

namespace waypost::report {
namespace {

/// A network that silently swallows packets is noticed after 5 + 3 s; also the limit for what was
/// sent and not acknowledged (TCP_USER_TIMEOUT, RFC 5482), which notices it while reports flow.
constexpr int kKeepaliveTime_ms = 5000;
constexpr int kKeepaliveTimeout_ms = 3000;
/// For one try to connect, whatever its name says.
constexpr int kConnectTimeout_ms = 3000;
/// An assignment of a hundred thousand targets is about 30 MiB.
constexpr int kMaxAssignment = 64 * 1024 * 1024;

Result<std::string> LoadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return Fail(ErrorCode::kInvalid, path + ": cannot be read");
  return text.str();
}

Status LoadFiles(const Security& security, grpc::SslCredentialsOptions& options) {
  const std::pair<const std::string&, std::string&> files[] = {
      {security.ca_file, options.pem_root_certs},
      {security.cert_file, options.pem_cert_chain},
      {security.key_file, options.pem_private_key}};
  for (const auto& [path, text] : files) {
    auto loaded = LoadFile(path);
    if (!loaded) return tl::unexpected(std::move(loaded).error());
    text = *std::move(loaded);
  }
  return {};
}

using Credentials = std::shared_ptr<grpc::ChannelCredentials>;

Result<Credentials> MakeCredentials(const std::string& address, const Security& security) {
  if (address.starts_with("unix:") || security.insecure) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  if (auto loaded = LoadFiles(security, options); !loaded)
    return tl::unexpected(std::move(loaded).error());
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const Credentials& how) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeout_ms);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTime_ms);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeout_ms);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kMaxAssignment);
  return grpc::CreateCustomChannel(address, how, arguments);
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& address,
                                                   const Security& security) {
  const auto credentials = MakeCredentials(address, security);
  if (!credentials) return tl::unexpected(credentials.error());
  return MakeChannel(address, *credentials);
}

}  // namespace waypost::report
