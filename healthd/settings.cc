#include "healthd/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

#include "dnsd/base/ip.h"

namespace waypost {
namespace {

/// More would be probed than tells anything.
constexpr size_t kMaxReferences = 16;

/// What was given on the command line, and nothing else.
struct Flags {
  std::string config;
  std::optional<std::string> vantage, region, ca, cert, key, log_level, diagnose;
  std::vector<std::string> director, reference;
  std::optional<uint32_t> max_concurrent, asn;
  bool insecure_control = false;
};

tl::unexpected<Error> Invalid(const std::string& fact) { return Fail(ErrorCode::kInvalid, fact); }

void Declare(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", "waypost-healthd " WAYPOST_VERSION);
  app.add_option("--config", flags.config, "YAML file with settings; flags win over it");
  app.add_option("--vantage", flags.vantage, "name of this vantage");
  app.add_option("--region", flags.region, "Region in which it stands");
  app.add_option("--director", flags.director, "ADDR:PORT or unix:PATH of each waypost-dnsd")
      ->delimiter(',');
  app.add_option("--asn", flags.asn, "number of the autonomous system in which it stands");
  app.add_option("--reference", flags.reference,
                 "ADDR:PORT of TCP services that tell whether this vantage's own network works")
      ->delimiter(',');
  app.add_option("--ca", flags.ca, "PEM file with the authority that signs directors");
  app.add_option("--cert", flags.cert, "PEM file with this vantage's certificate");
  app.add_option("--key", flags.key, "PEM file with its key");
  app.add_flag("--insecure-control", flags.insecure_control,
               "speak plain text to directors over TCP");
  app.add_option("--log-level", flags.log_level,
                 "trace, debug, info, warning, error, critical or off");
  app.add_option("--diagnose", flags.diagnose,
                 "what directors may have examined from here: endpoints (default), any or off");
  app.add_option("--max-concurrent", flags.max_concurrent, "probes at a time (1000)");
}

template <typename T>
void Override(T& setting, const std::optional<T>& flag) {
  if (flag) setting = *flag;
}

void Override(Settings& settings, const Flags& flags) {
  Override(settings.vantage, flags.vantage);
  Override(settings.region, flags.region);
  Override(settings.ca, flags.ca);
  Override(settings.cert, flags.cert);
  Override(settings.key, flags.key);
  Override(settings.log_level, flags.log_level);
  Override(settings.diagnose, flags.diagnose);
  Override(settings.max_concurrent, flags.max_concurrent);
  Override(settings.asn, flags.asn);
  if (!flags.reference.empty()) settings.reference = flags.reference;
  if (!flags.director.empty()) settings.director = flags.director;
  if (flags.insecure_control) settings.insecure_control = true;
}

Status LoadSettings(const std::string& path, Settings& settings) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return Invalid("--config " + path + ": cannot be read");
  return ParseSettings(text.str(), path, settings);
}

bool IsName(const std::string& text) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), allowed);
}

bool IsUnix(const std::string& director) { return director.starts_with("unix:"); }

bool IsDirector(const std::string& text) {
  if (IsUnix(text)) return text.size() > 5;
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const bool is_bracketed = text.front() == '[' && text[colon - 1] == ']';
  if (!is_bracketed && text.find(':') != colon) return false;
  uint16_t port = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, port);
  return error == std::errc() && end == last && port > 0;
}

Status CheckSecurity(const Settings& settings) {
  const bool has_all = !settings.ca.empty() && !settings.cert.empty() && !settings.key.empty();
  const bool has_none = settings.ca.empty() && settings.cert.empty() && settings.key.empty();
  if (!has_all && !has_none) return Invalid("ca, cert and key belong together: all or none");
  for (const std::string& path : {settings.ca, settings.cert, settings.key})
    if (!path.empty() && !std::ifstream(path)) return Invalid(path + ": cannot be read");
  const auto remote = std::find_if_not(settings.director.begin(), settings.director.end(), IsUnix);
  if (remote != settings.director.end() && has_none && !settings.insecure_control)
    return Invalid("director " + *remote +
                   ": needs --ca, --cert and --key, or --insecure-control for plain text");
  return {};
}

bool IsLogLevel(const std::string& text) {
  constexpr std::array kLevels = {"trace", "debug", "info", "warning", "error", "critical", "off"};
  return std::find(kLevels.begin(), kLevels.end(), text) != kLevels.end();
}

Status Check(const Settings& settings) {
  if (settings.vantage.empty()) return Invalid("--vantage NAME is missing");
  if (!IsName(settings.vantage)) return Invalid("vantage \"" + settings.vantage + "\" is no name");
  if (!settings.region.empty() && !IsName(settings.region))
    return Invalid("region \"" + settings.region + "\" is no name");
  if (settings.director.empty()) return Invalid("--director ADDR:PORT is missing");
  for (const std::string& director : settings.director)
    if (!IsDirector(director))
      return Invalid("director \"" + director + "\" is neither ADDR:PORT nor unix:PATH");
  if (settings.reference.size() > kMaxReferences) return Invalid("more than 16 references");
  for (const std::string& reference : settings.reference)
    if (!SocketAddress::Parse(reference))
      return Invalid("reference \"" + reference + "\" is not ADDR:PORT");
  if (!IsLogLevel(settings.log_level))
    return Invalid("log level \"" + settings.log_level + "\" is unknown");
  if (settings.diagnose != "endpoints" && settings.diagnose != "any" && settings.diagnose != "off")
    return Invalid("diagnose is not endpoints, any or off");
  if (settings.max_concurrent < 1 || settings.max_concurrent > 100'000)
    return Invalid("max_concurrent is not in 1 to 100000");
  return CheckSecurity(settings);
}

Result<Settings> Combine(const Flags& flags) {
  Settings settings;
  if (!flags.config.empty())
    if (auto loaded = LoadSettings(flags.config, settings); !loaded)
      return tl::unexpected(std::move(loaded).error());
  Override(settings, flags);
  if (auto checked = Check(settings); !checked) return tl::unexpected(std::move(checked).error());
  return settings;
}

}  // namespace

DiagnosePolicy DiagnosePolicyOf(const Settings& settings) {
  if (settings.diagnose == "any") return DiagnosePolicy::kAny;
  return settings.diagnose == "off" ? DiagnosePolicy::kOff : DiagnosePolicy::kEndpoints;
}

Result<Invocation> ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app("Probes endpoints from where it stands and tells every director what it saw.",
               "waypost-healthd");
  Flags flags;
  Declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Invocation{{}, app.help()};
  } catch (const CLI::CallForVersion& version) {
    return Invocation{{}, std::string(version.what()) + "\n"};
  } catch (const CLI::Error& error) {
    return Invalid(error.what());
  }
  auto settings = Combine(flags);
  if (!settings) return tl::unexpected(std::move(settings).error());
  return Invocation{*std::move(settings), ""};
}

}  // namespace waypost
