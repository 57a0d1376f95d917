#include "tests/peers/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/support/http_server.h"

namespace waypost::peers {
namespace {

using Kind = NameServer::Kind;
using test::Bytes;

struct Program {
  const char* name;
  const char* path;
};

Program ProgramOf(Kind kind) {
  switch (kind) {
    case Kind::kNsd:
      return {"nsd", "/usr/sbin/nsd"};
    case Kind::kKnot:
      return {"knot", "/usr/sbin/knotd"};
    case Kind::kBind:
      return {"bind", "/usr/sbin/named"};
    case Kind::kUnbound:
      return {"unbound", "/usr/sbin/unbound"};
    case Kind::kKnotResolver:
      return {"knot-resolver", "/usr/sbin/kresd"};
    case Kind::kWaypost:
      break;
  }
  return {"waypost", WAYPOST_BIN "/waypost-dnsd"};
}

/// Every server is asked to give all that it would: no peer's thrift is to hide a difference.
std::string NsdSettings(const std::string& dir, uint16_t port, const Zones& zones) {
  std::string text = "server:\n  ip-address: 127.0.0.1@" + std::to_string(port) +
                     "\n  username: \"\"\n  chroot: \"\"\n  server-count: 1\n  verbosity: 0\n" +
                     "  round-robin: no\n  rrl-ratelimit: 0\n  rrl-whitelist-ratelimit: 0\n  "
                     "database: \"\"\n  zonesdir: \"" +
                     dir + "\"\n  pidfile: \"" + dir + "/pid\"\n  xfrdfile: \"" + dir +
                     "/xfrd\"\n  xfrdir: \"" + dir + "\"\n  zonelistfile: \"" + dir +
                     "/list\"\nremote-control:\n  control-enable: no\n";
  for (const auto& [origin, file] : zones) {
    text += "zone:\n  name: \"" + origin + "\"\n  zonefile: \"" + origin + ".zone\"\n";
  }
  return text;
}

std::string KnotSettings(const std::string& dir, uint16_t port, const Zones& zones) {
  std::string text = "server:\n  rundir: \"" + dir + "\"\n  listen: 127.0.0.1@" +
                     std::to_string(port) +
                     "\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\ndatabase:\n"
                     "  storage: \"" +
                     dir + "\"\ntemplate:\n  - id: default\n    storage: \"" + dir +
                     "\"\n    zonefile-sync: -1\n    journal-content: none\n    "
                     "semantic-checks: off\nzone:\n";
  for (const auto& [origin, file] : zones) {
    text += "  - domain: " + origin + "\n    file: " + origin + ".zone\n";
  }
  return text;
}

std::string BindSettings(const std::string& dir, uint16_t port, const Zones& zones) {
  std::string text =
      "options {\n  directory \"" + dir + "\";\n  listen-on port " + std::to_string(port) +
      " { 127.0.0.1; };\n  listen-on-v6 { none; };\n  recursion no;\n"
      "  pid-file none;\n  session-keyfile none;\n  notify no;\n"
      "  minimal-responses no-auth;\n  dnssec-validation no;\n  empty-zones-enable no;\n"
      "  check-integrity no;\n  check-names master ignore;\n"
      "  check-mx-cname ignore;\n  check-srv-cname ignore;\n};\ncontrols {};\n";
  for (const auto& [origin, file] : zones) {
    text += "zone \"" + origin + "\" { type master; file \"" + origin + ".zone\"; };\n";
  }
  return text;
}

/// As strict as it can be: every label asked on its own (RFC 9156), in random letters.
std::string UnboundSettings(const std::string& dir, uint16_t port, uint16_t upstream,
                            const Zones& zones) {
  std::string text = "server:\n  directory: \"" + dir + "\"\n  chroot: \"\"\n  username: \"\"\n" +
                     "  pidfile: \"" + dir + "/pid\"\n  use-syslog: no\n  interface: 127.0.0.1@" +
                     std::to_string(port) +
                     "\n  do-not-query-localhost: no\n  use-caps-for-id: yes\n"
                     "  qname-minimisation: yes\n  qname-minimisation-strict: yes\n"
                     "  local-zone: \"test.\" nodefault\n  module-config: \"iterator\"\n"
                     "remote-control:\n  control-enable: no\n";
  for (const auto& [origin, file] : zones) {
    text += "stub-zone:\n  name: \"" + origin + "\"\n  stub-addr: 127.0.0.1@" +
            std::to_string(upstream) + "\n";
  }
  return text;
}

/// Without the root, which tests must not ask for.
std::string KnotResolverSettings(uint16_t port, uint16_t upstream, const Zones& zones) {
  std::string text = "net.listen('127.0.0.1', " + std::to_string(port) +
                     ", {kind = 'dns'})\nmodules.unload('ta_update')\n"
                     "modules.unload('ta_signal_query')\nmodules.unload('priming')\n"
                     "modules.unload('detect_time_skew')\n"
                     "trust_anchors.remove('.')\ncache.size = 10 * MB\n";
  for (const auto& [origin, file] : zones) {
    text += "policy.add(policy.suffix(policy.STUB('127.0.0.1@" + std::to_string(upstream) +
            "'), policy.todnames({'" + origin + "'})))\n";
  }
  return text;
}

std::vector<std::string> CommandOf(Kind kind, const test::TempDir& dir, uint16_t port,
                                   uint16_t upstream, const Zones& zones) {
  const std::string program = ProgramOf(kind).path;
  const std::string& path = dir.path();
  switch (kind) {
    case Kind::kNsd:
      return {program, "-d", "-c", dir.Write("conf", NsdSettings(path, port, zones))};
    case Kind::kKnot:
      return {program, "-c", dir.Write("conf", KnotSettings(path, port, zones))};
    case Kind::kBind:
      return {program, "-f", "-n", "1", "-c", dir.Write("conf", BindSettings(path, port, zones))};
    case Kind::kUnbound:
      return {program, "-d", "-c", dir.Write("conf", UnboundSettings(path, port, upstream, zones))};
    case Kind::kKnotResolver:
      return {program, "-n", "-c", dir.Write("conf", KnotResolverSettings(port, upstream, zones)),
              path};
    case Kind::kWaypost:
      break;
  }
  return {program,       "--listen",  "127.0.0.1:" + std::to_string(port),
          "--load",      path,        "--version-text",
          "Waypost",     "--state",   "memory",
          "--threads",   "1",         "--admin",
          "127.0.0.1:0", "--control", "unix:" + path + "/control.sock"};
}

void LimitReceiving(int socket, std::chrono::milliseconds patience) {
  const timeval limit = {.tv_sec = patience.count() / 1000,
                         .tv_usec = patience.count() % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

bool ReadAll(int socket, std::span<uint8_t> into) {
  while (!into.empty()) {
    const ssize_t got = recv(socket, into.data(), into.size(), 0);
    if (got <= 0) return false;
    into = into.subspan(static_cast<size_t>(got));
  }
  return true;
}

std::optional<Bytes> ReadFramed(int socket) {
  uint8_t length[2];
  if (!ReadAll(socket, length)) return std::nullopt;
  Bytes message(static_cast<size_t>(length[0] << 8 | length[1]));
  if (!ReadAll(socket, message)) return std::nullopt;
  return message;
}

}  // namespace

NameServer::NameServer(Kind kind, uint16_t port) : name_(ProgramOf(kind).name), port_(port) {}

NameServer::~NameServer() {
  if (udp_ >= 0) close(udp_);
  if (tcp_ >= 0) close(tcp_);
  if (process_) process_->Stop();
}

std::unique_ptr<NameServer> NameServer::Start(Kind kind, const Zones& zones, std::string& why,
                                              const NameServer* upstream) {
  if (!std::filesystem::exists(ProgramOf(kind).path)) {
    why = std::string(ProgramOf(kind).path) + " is not installed";
    return nullptr;
  }
  // Another program may take the port between finding and using it.
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::unique_ptr<NameServer> server(new NameServer(kind, test::FreePort()));
    if (server->Launch(kind, zones, upstream)) return server;
    why = server->process_->out() + server->process_->err();
  }
  return nullptr;
}

bool NameServer::Launch(Kind kind, const Zones& zones, const NameServer* upstream) {
  const uint16_t upstream_port = upstream == nullptr ? 0 : upstream->port_;
  for (const auto& [origin, text] : zones) dir_.Write(origin + ".zone", text);
  process_ = std::make_unique<test::Process>(CommandOf(kind, dir_, port_, upstream_port, zones),
                                             dir_.path() + "/log");
  udp_ = Connected(SOCK_DGRAM);
  return GetsReady(zones);
}

void NameServer::SetPatience(std::chrono::milliseconds limit) {
  patience_ = limit;
  LimitReceiving(udp_, limit);
}

int NameServer::Connected(int type) const {
  const int made = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  LimitReceiving(made, patience_);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* any = reinterpret_cast<const sockaddr*>(&address);
  if (connect(made, any, sizeof address) == 0) return made;
  close(made);
  return -1;
}

bool NameServer::Serves(const std::string& origin) {
  const auto reply = AskUdp(test::QueryPacket(origin, 6).Build());
  // NOERROR with an answer.
  return reply && reply->size() > 12 && ((*reply)[3] & 0x0F) == 0 && (*reply)[7] > 0;
}

bool NameServer::GetsReady(const Zones& zones) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + std::chrono::seconds(10);
  auto last_progress = steady_clock::now();
  for (const auto& [origin, text] : zones) refused_.insert(origin);
  while (!refused_.empty() && steady_clock::now() < deadline) {
    const size_t gone = std::erase_if(refused_, [&](const auto& origin) { return Serves(origin); });
    if (gone > 0) last_progress = steady_clock::now();
    // Zones come one soon after the other; what is not there by then was refused.
    const bool is_settled = steady_clock::now() > last_progress + std::chrono::milliseconds(700);
    if (is_settled && refused_.size() < zones.size()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return refused_.size() < zones.size();
}

std::optional<Bytes> NameServer::AskUdp(std::span<const uint8_t> query) {
  send(udp_, query.data(), query.size(), MSG_NOSIGNAL);
  Bytes reply(65535);
  for (;;) {
    const ssize_t got = recv(udp_, reply.data(), reply.size(), 0);
    if (got <= 0) return std::nullopt;
    // A late reply to an earlier query is passed over.
    if (query.size() >= 2 && (got < 2 || reply[0] != query[0] || reply[1] != query[1])) continue;
    reply.resize(static_cast<size_t>(got));
    return reply;
  }
}

std::optional<Bytes> NameServer::AskTcp(std::span<const uint8_t> query) {
  if (tcp_ < 0) tcp_ = Connected(SOCK_STREAM);
  Bytes framed;
  test::Put16(framed, static_cast<unsigned>(query.size()));
  framed.insert(framed.end(), query.begin(), query.end());
  send(tcp_, framed.data(), framed.size(), MSG_NOSIGNAL);
  auto reply = ReadFramed(tcp_);
  if (!reply) {
    close(tcp_);
    tcp_ = -1;
  }
  return reply;
}

}  // namespace waypost::peers
