// Where the director is, from the command line and the environment.
//
// Thread safety: pure but for looking whether a socket exists.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "ctl/commands/exit_code.h"

namespace waypost::ctl {

/// A variable of the environment; nothing when it is not set.
using Variables = std::function<std::optional<std::string>(const std::string&)>;

struct ServerOptions {
  std::string address;  // unix:PATH, HOST:PORT or [IPV6]:PORT
  std::string ca_file;  // PEM files, for TCP
  std::string certificate_file;
  std::string key_file;
  bool insecure = false;                                         // TCP without TLS
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  // of each call

  /// The socket's path; nothing for TCP.
  std::optional<std::string> socket_path() const;
};

/// Fills in what the command line left open: the address from $WAYPOST_SERVER, else
/// unix:/run/waypost/control.sock, else, where only that exists, the same name in $XDG_RUNTIME_DIR;
/// the files from $WAYPOST_CA, $WAYPOST_CERT and $WAYPOST_KEY.
/// Errors: kUsage for what is no address, and for TCP with neither mutual TLS nor `insecure`.
Answer<ServerOptions> CompleteServerOptions(ServerOptions options, const Variables& variables);

}  // namespace waypost::ctl
