#include "ctl/commands/server_address.h"

#include <fmt/format.h>

#include <filesystem>

namespace waypost::ctl {
namespace {

constexpr std::string_view kUnixScheme = "unix:";
constexpr const char* kSystemSocket = "/run/waypost/control.sock";

bool Exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::string DefaultAddress(const Variables& variables) {
  if (const auto server = variables("WAYPOST_SERVER")) return *server;
  if (const auto folder = variables("XDG_RUNTIME_DIR"); folder && !Exists(kSystemSocket)) {
    const std::string own = *folder + "/waypost/control.sock";
    if (Exists(own)) return std::string(kUnixScheme) + own;
  }
  return std::string(kUnixScheme) + kSystemSocket;
}

void FillIn(std::string& value, const Variables& variables, const char* name) {
  if (value.empty()) value = variables(name).value_or("");
}

bool IsHostAndPort(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string port = address.substr(colon + 1);
  return !port.empty() && port.size() <= 5 &&
         port.find_first_not_of("0123456789") == std::string::npos;
}

std::optional<std::string> Fault(const ServerOptions& options) {
  if (options.socket_path()) return std::nullopt;
  if (!IsHostAndPort(options.address)) {
    return fmt::format("--server: \"{}\" is neither unix:PATH nor HOST:PORT", options.address);
  }
  const bool mutual_tls =
      !options.ca_file.empty() && !options.certificate_file.empty() && !options.key_file.empty();
  if (options.insecure || mutual_tls) return std::nullopt;
  return fmt::format("--server {}: TCP needs --ca, --cert and --key (mutual TLS), or --insecure",
                     options.address);
}

}  // namespace

std::optional<std::string> ServerOptions::socket_path() const {
  if (address.rfind(kUnixScheme, 0) != 0 || address.size() == kUnixScheme.size()) {
    return std::nullopt;
  }
  return address.substr(kUnixScheme.size());
}

Answer<ServerOptions> CompleteServerOptions(ServerOptions options, const Variables& variables) {
  if (options.address.empty()) options.address = DefaultAddress(variables);
  if (options.address.front() == '/') options.address.insert(0, kUnixScheme);
  FillIn(options.ca_file, variables, "WAYPOST_CA");
  FillIn(options.certificate_file, variables, "WAYPOST_CERT");
  FillIn(options.key_file, variables, "WAYPOST_KEY");
  if (const auto fault = Fault(options)) {
    return tl::unexpected(Trouble{ExitCode::kUsage, *fault, {}});
  }
  return options;
}

}  // namespace waypost::ctl
