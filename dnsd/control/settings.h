// Command line and settings file, merged and checked: what waypost-dnsd was asked to be.
//
// Thread safety: pure but for reading the file. Errors: one Error that names the flag or the line.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"
#include "dnsd/control/grpc_server.h"
#include "dnsd/control/journal_limits.h"
#include "dnsd/serve/server.h"

namespace waypost::control {

struct Settings {
  serve::ServerOptions server;
  ControlOptions control;
  std::optional<SocketAddress> admin;
  std::string state = "memory";
  std::vector<std::string> load;
  std::vector<std::string> geo;
  std::string region;
  JournalLimits journal;
  std::chrono::seconds history{std::chrono::hours(24 * 90)};  // 0: kept for ever
  std::vector<std::string> xdp;  // interfaces; server.intakes are opened from them
  std::string log_level = "info";
  std::vector<std::string> arguments;  // that all of this was read from
};

struct CommandLine {
  std::optional<Settings> settings;  // unset: nothing to run, `text` says it all
  std::string text;                  // help or version
};

Result<CommandLine> ReadCommandLine(int argc, const char* const* argv);

/// The same command line with what its settings file says by now.
Result<Settings> ReadAgain(const Settings& settings);

}  // namespace waypost::control
