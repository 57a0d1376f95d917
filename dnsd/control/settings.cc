#include "dnsd/control/settings.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <thread>

#include "dnsd/config/field_reader.h"
#include "dnsd/config/yaml_reader.h"
#include "dnsd/control/protection_settings.h"
#include "waypost/v1/settings.pb.h"

namespace waypost::control {
namespace {

constexpr const char* kDefaultControl = "unix:/run/waypost/control.sock";
constexpr unsigned kMaxThreads = 256;

std::vector<std::string> SplitAtCommas(const std::vector<std::string>& items) {
  std::vector<std::string> parts;
  for (const std::string& item : items) {
    std::istringstream stream(item);
    for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  }
  return parts;
}

template <typename Field>
void Replace(Field* field, const std::vector<std::string>& values) {
  if (values.empty()) return;
  field->Clear();
  for (const std::string& value : values) field->Add(std::string(value));
}

/// The flags as CLI11 sees them; what is not given stays empty and leaves the file's word.
struct Flags {
  std::string config, control, ca, cert, key, admin, state, region, nsid, version_text, log_level;
  std::vector<std::string> listen, listen_tls, xdp, load, geo;
  unsigned threads = 0;
  bool insecure_control = false;

  void Declare(CLI::App& app) {
    app.add_option("--config", config,
                   "YAML file with the names of these flags; flags win over it");
    app.add_option("--listen", listen, "where DNS is answered, UDP and TCP: ADDR:PORT[,...]");
    app.add_option("--listen-tls", listen_tls, "where DNS over TLS is answered: ADDR:PORT[,...]");
    app.add_option("--xdp", xdp,
                   "interface whose UDP queries are answered through AF_XDP; its other traffic is "
                   "left alone");
    app.add_option("--control", control,
                   fmt::format("gRPC: unix:PATH or ADDR:PORT (default {})", kDefaultControl));
    app.add_option("--control-ca", ca, "PEM: who signs the clients' certificates");
    app.add_option("--control-cert", cert, "PEM: this server's certificate");
    app.add_option("--control-key", key, "PEM: its key");
    app.add_flag("--insecure-control", insecure_control,
                 "serve the control API on TCP without TLS; for tests only");
    app.add_option("--admin", admin, "/metrics, /healthz, /readyz over HTTP: ADDR:PORT");
    app.add_option("--state", state, "folder of the database, or \"memory\" (default)");
    app.add_option("--load", load,
                   "master file (ORIGIN.zone), resource file (*.yaml, *.json) or folder of them");
    app.add_option("--geo", geo, "MMDB file, in order of precedence");
    app.add_option("--threads", threads,
                   "workers that answer UDP, 1 to 256 (default: one per core)");
    app.add_option("--region", region, "the Region this director stands in");
    app.add_option("--nsid", nsid, "name server identifier (RFC 5001)");
    app.add_option("--version-text", version_text, "answer to CH TXT version.bind");
    app.add_option("--log-level", log_level, "trace, debug, info, warning, error (default info)");
  }

  void Apply(v1::DirectorSettings& settings) const {
    Replace(settings.mutable_listen(), listen);
    Replace(settings.mutable_listen_tls(), listen_tls);
    Replace(settings.mutable_xdp(), xdp);
    Replace(settings.mutable_load(), load);
    Replace(settings.mutable_geo(), geo);
    if (!control.empty()) settings.set_control(control);
    if (!ca.empty()) settings.mutable_control_tls()->set_ca(ca);
    if (!cert.empty()) settings.mutable_control_tls()->set_cert(cert);
    if (!key.empty()) settings.mutable_control_tls()->set_key(key);
    if (insecure_control) settings.set_insecure_control(true);
    if (!admin.empty()) settings.set_admin(admin);
    if (!state.empty()) settings.set_state(state);
    if (!region.empty()) settings.set_region(region);
    if (!nsid.empty()) settings.set_nsid(nsid);
    if (!version_text.empty()) settings.set_version(version_text);
    if (!log_level.empty()) settings.set_log_level(log_level);
    if (threads > 0) settings.set_threads(threads);
  }
};

Status ReadFile(const std::string& path, v1::DirectorSettings& settings) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return Fail(ErrorCode::kInvalid, "cannot read " + path);
  const config::YamlText yaml = config::ReadYaml(text.str(), path);
  Problems problems = yaml.problems;
  config::Source source{path, 1, {}};
  for (const config::Tree& document : yaml.documents) {
    if (document.kind == config::Tree::Kind::kMap) {
      config::FieldReader(source, problems).Read(document, settings, "");
    } else {
      problems.push_back({path, document.line, "", "", "is no map of settings"});
    }
  }
  if (problems.empty()) return {};
  std::string all;
  for (Problem& problem : problems) {
    problem.file = path;
    all += (all.empty() ? "" : "\n") + problem.ToString();
  }
  return Fail(ErrorCode::kInvalid, all);
}

std::chrono::milliseconds Milliseconds(const google::protobuf::Duration& duration) {
  return std::chrono::milliseconds(duration.seconds() * 1000 + duration.nanos() / 1'000'000);
}

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalid, std::move(message));
}

Status SetListen(const v1::DirectorSettings& from, serve::ServerOptions& to) {
  const std::vector<std::string> listen =
      SplitAtCommas({from.listen().begin(), from.listen().end()});
  if (listen.empty())
    return Invalid("--listen is missing: give at least one ADDR:PORT, such as 127.0.0.1:5300");
  for (const std::string& text : listen) {
    const auto address = SocketAddress::Parse(text);
    if (!address)
      return Invalid(
          fmt::format("--listen {}: is no ADDR:PORT (IPv6 in brackets: [::1]:53)", text));
    to.listen.push_back(*address);
  }
  return {};
}

Status SetListenTls(const v1::DirectorSettings& from, serve::ServerOptions& to) {
  for (const std::string& text :
       SplitAtCommas({from.listen_tls().begin(), from.listen_tls().end()})) {
    const auto address = SocketAddress::Parse(text);
    if (!address) return Invalid(fmt::format("--listen-tls {}: is no ADDR:PORT", text));
    to.listen_tls.push_back(*address);
  }
  if (!to.listen_tls.empty() && from.tls().cert().empty())
    return Invalid("--listen-tls: needs tls.cert and tls.key in the settings file");
  return {};
}

Status SetServer(const v1::DirectorSettings& from, serve::ServerOptions& to) {
  if (Status status = SetListen(from, to); !status) return status;
  if (from.threads() > kMaxThreads)
    return Invalid(fmt::format("--threads {}: is above {}", from.threads(), kMaxThreads));
  to.threads = from.threads() > 0
                   ? from.threads()
                   : std::clamp(std::thread::hardware_concurrency(), 1U, kMaxThreads);
  if (from.nsid().size() > 128) return Invalid("--nsid: is longer than 128 letters");
  if (from.version().size() > 255) return Invalid("--version-text: is longer than 255 letters");
  to.nsid = from.nsid();
  to.version = from.version();
  if (from.tcp().has_idle_timeout()) to.tcp.idle_timeout = Milliseconds(from.tcp().idle_timeout());
  if (to.tcp.idle_timeout < std::chrono::seconds(1) ||
      to.tcp.idle_timeout > std::chrono::minutes(10)) {
    return Invalid("tcp.idle_timeout: must be 1s to 10m");
  }
  if (from.tcp().max_clients() > 100000) return Invalid("tcp.max_clients: is above 100000");
  if (from.tcp().max_clients() > 0) to.tcp.max_clients = from.tcp().max_clients();
  if (from.tcp().max_per_client() > 100000) return Invalid("tcp.max_per_client: is above 100000");
  if (from.tcp().max_per_client() > 0) to.tcp.max_per_client = from.tcp().max_per_client();
  return SetListenTls(from, to);
}

Status SetJournal(const v1::JournalSettings& from, JournalLimits& to) {
  if (from.max_versions() > 100000) return Invalid("journal.max_versions: is above 100000");
  if (from.max_versions() > 0) to.max_versions = from.max_versions();
  if (from.max_octets() > 0) to.max_octets = from.max_octets();
  if (to.max_octets < 4096 || to.max_octets > size_t{256} << 20)
    return Invalid("journal.max_octets: must be 4096 to 268435456");
  return {};
}

Result<Access> ReadAccess(const v1::ControlTls& from) {
  Access access{{from.operators().begin(), from.operators().end()},
                {from.readers().begin(), from.readers().end()},
                {from.signallers().begin(), from.signallers().end()},
                {from.vantages().begin(), from.vantages().end()}};
  for (const auto* names :
       {&access.operators, &access.readers, &access.signallers, &access.vantages}) {
    if (names->contains("")) return Invalid("control_tls: a name is empty");
  }
  if (access.operators.empty() && !(access.readers.empty() && access.signallers.empty()))
    return Invalid("control_tls: readers and signallers need operators");
  return access;
}

Status CheckLogLevel(const std::string& level) {
  constexpr std::array<const char*, 5> kLevels = {"trace", "debug", "info", "warning", "error"};
  if (std::find(kLevels.begin(), kLevels.end(), level) != kLevels.end()) return {};
  return Invalid(
      fmt::format("--log-level {}: must be trace, debug, info, warning or error", level));
}

Result<Settings> Check(const v1::DirectorSettings& from) {
  Settings settings;
  if (Status status = SetServer(from, settings.server); !status)
    return tl::unexpected(status.error());
  auto access = ReadAccess(from.control_tls());
  if (!access) return tl::unexpected(access.error());
  if (from.insecure_control() && !(access->operators.empty() && access->vantages.empty()))
    return Invalid(
        "control_tls: operators and vantages are known by their certificates: not with "
        "insecure_control");
  settings.control = {from.control().empty() ? kDefaultControl : from.control(),
                      from.control_tls().ca(),
                      from.control_tls().cert(),
                      from.control_tls().key(),
                      from.insecure_control(),
                      *std::move(access)};
  if (!from.admin().empty()) {
    settings.admin = SocketAddress::Parse(from.admin());
    if (!settings.admin) return Invalid(fmt::format("--admin {}: is no ADDR:PORT", from.admin()));
  }
  if (!from.state().empty()) settings.state = from.state();
  settings.load.assign(from.load().begin(), from.load().end());
  settings.geo.assign(from.geo().begin(), from.geo().end());
  const auto xdp = SplitAtCommas({from.xdp().begin(), from.xdp().end()});
  settings.xdp.assign(xdp.begin(), xdp.end());
  settings.region = from.region();
  if (Status status = SetJournal(from.journal(), settings.journal); !status)
    return tl::unexpected(status.error());
  if (from.has_history()) settings.history = std::chrono::seconds(from.history().seconds());
  if (!from.log_level().empty()) settings.log_level = from.log_level();
  if (Status status = CheckLogLevel(settings.log_level); !status)
    return tl::unexpected(status.error());
  auto protection = ReadProtection(from);
  if (!protection) return tl::unexpected(protection.error());
  settings.server.protection = std::make_shared<serve::Protection>(*std::move(protection));
  return settings;
}

}  // namespace

Result<CommandLine> ReadCommandLine(int argc, const char* const* argv) {
  CLI::App app("waypost-dnsd: authoritative DNS that sends everyone to the best region alive",
               "waypost-dnsd");
  Flags flags;
  flags.Declare(app);
  const std::string version = fmt::format("waypost-dnsd {}", WAYPOST_VERSION);
  app.set_version_flag("--version", version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return CommandLine{{}, app.help()};
  } catch (const CLI::CallForVersion&) {
    return CommandLine{{}, version + "\n"};
  } catch (const CLI::ParseError& error) {
    return Invalid(error.what());
  }
  v1::DirectorSettings settings;
  if (!flags.config.empty()) {
    if (Status status = ReadFile(flags.config, settings); !status)
      return tl::unexpected(status.error());
  }
  flags.Apply(settings);
  auto checked = Check(settings);
  if (!checked) return tl::unexpected(checked.error());
  checked->arguments.assign(argv, argv + argc);
  return CommandLine{*std::move(checked), ""};
}

Result<Settings> ReadAgain(const Settings& settings) {
  std::vector<const char*> words;
  for (const std::string& argument : settings.arguments) words.push_back(argument.c_str());
  auto line = ReadCommandLine(static_cast<int>(words.size()), words.data());
  if (!line) return tl::unexpected(line.error());
  return *std::move(line->settings);
}

}  // namespace waypost::control
