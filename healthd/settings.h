// What waypost-healthd is told: command line and configuration file, flags win.
//
// Thread safety: values. Errors: one line that names the flag, or the file and line, and the fact.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "healthd/probe/permissions.h"

namespace waypost {

/// What directors may have examined from here (`waypostctl diagnose`).
enum class DiagnosePolicy {
  /// Addresses that they have watched: who controls a director can let this vantage send packets to
  /// those anyhow, and to nothing else. The default.
  kEndpoints,
  kAny,
  kOff,
};

struct Settings {
  /// This vantage's name: letters, digits, '-', '_' and '.', at most 63. Required.
  std::string vantage;
  /// The Region it stands in; may be empty.
  std::string region;
  /// HOST:PORT, [IPV6]:PORT or unix:PATH; at least one.
  std::vector<std::string> director;
  /// PEM files for mutual TLS: all three, or none with unix: directors or insecure_control only.
  std::string ca;
  std::string cert;
  std::string key;
  /// Plain text over TCP: anyone on the way can read and forge health.
  bool insecure_control = false;
  /// trace, debug, info, warning, error, critical or off.
  std::string log_level = "info";
  /// Probes at a time, 1 to 100000.
  uint32_t max_concurrent = 1000;
  /// Number of the autonomous system in which it stands; 0: not told.
  uint32_t asn = 0;
  /// ADDR:PORT of TCP services that hardly ever fail and have nothing to do with what is watched,
  /// at most 16. While more than half of them cannot be connected to, the vantage tells directors
  /// not to count its votes.
  std::vector<std::string> reference;
  /// endpoints, any or off.
  std::string diagnose = "endpoints";
  /// What monitors may use of this machine; in the file only.
  probe::Permissions permissions;
};

/// Of checked settings.
DiagnosePolicy DiagnosePolicyOf(const Settings& settings);

struct Invocation {
  Settings settings;
  /// Not empty: print this and exit with success (--help, --version).
  std::string answer;
};

Result<Invocation> ParseCommandLine(int argc, const char* const* argv);

/// Sets what the YAML text says in `settings`; `file` is its name in errors.
Status ParseSettings(const std::string& yaml, const std::string& file, Settings& settings);

}  // namespace waypost
