#include "tests/integration/name_servers.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <random>
#include <sstream>
#include <string_view>

namespace waypost::test {
namespace {

bool CanBind(int type, uint16_t port) {
  const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return bound;
}

std::string At(uint16_t port) { return "127.0.0.1@" + std::to_string(port); }

std::string Run(const std::vector<std::string>& command) {
  const TempDir dir;
  return RunCommand(command, dir.path() + "/out").out;
}

}  // namespace

std::string SecretOfThisProcess() {
  static const std::string secret = [] {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::random_device device;
    std::string text;
    while (text.size() < 24) text += kLetters[device() % kLetters.size()];
    return text;
  }();
  return secret;
}

std::string PathOf(const std::string& program) {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"}) {
    if (access((folder + program).c_str(), X_OK) == 0) return folder + program;
  }
  return "";
}

bool Has(const std::string& program) { return !PathOf(program).empty(); }

uint16_t FreeDnsPort() {
  static auto next = static_cast<uint16_t>(20000 + getpid() % 20000);
  do {
    next = next < 60000 ? static_cast<uint16_t>(next + 1) : uint16_t{20000};
  } while (!CanBind(SOCK_DGRAM, next) || !CanBind(SOCK_STREAM, next));
  return next;
}

Nsd::Nsd(const PeerZone& zone) {
  const std::string dir = dir_.path();
  if (!zone.text.empty()) dir_.Write("zone", zone.text);
  std::ostringstream text;
  text << "server:\n  ip-address: " << At(port_) << "\n  username: \"\"\n  chroot: \"\"\n"
       << "  zonesdir: \"" << dir << "\"\n  pidfile: \"" << dir << "/pid\"\n"
       << "  xfrdfile: \"" << dir << "/xfrd\"\n  zonelistfile: \"" << dir << "/list\"\n"
       << "  logfile: \"" << dir << "/log\"\n  xfrdir: \"" << dir << "\"\n"
       << "  server-count: 1\n  database: \"\"\n  xfrd-reload-timeout: 0\n"
       << "remote-control:\n  control-enable: no\n"
       << "key:\n  name: " << zone.key.name << "\n  algorithm: " << zone.key.algorithm
       << "\n  secret: \"" << zone.key.secret << "\"\n"
       << "zone:\n  name: " << zone.origin << "\n  zonefile: zone\n"
       << "  provide-xfr: 127.0.0.0/8 " << zone.key.name << "\n";
  if (!zone.text.empty()) text << "  store-ixfr: yes\n  create-ixfr: yes\n";
  if (zone.primary_port != 0) {
    text << "  request-xfr: " << At(zone.primary_port) << " " << zone.key.name << "\n"
         << "  allow-notify: 127.0.0.0/8 " << zone.key.name << "\n"
         << "  min-retry-time: 1\n  max-retry-time: 2\n";
  }
  if (zone.notify_port != 0) {
    text << "  notify: " << At(zone.notify_port) << " " << zone.key.name << "\n";
  }
  const std::string config = dir_.Write("nsd.conf", text.str());
  process_ = std::make_unique<Process>(std::vector<std::string>{PathOf("nsd"), "-d", "-c", config},
                                       dir + "/nsd");
}

void Nsd::Edit(const std::string& text) {
  dir_.Write("zone", text);
  process_->Signal(SIGHUP);
}

Knot::Knot(const PeerZone& zone) {
  const std::string dir = dir_.path();
  if (!zone.text.empty()) dir_.Write("zone", zone.text);
  std::ostringstream text;
  text << "server:\n  rundir: " << dir << "\n  listen: " << At(port_) << "\n"
       << "database:\n  storage: " << dir << "\n"
       << "key:\n  - id: " << zone.key.name << "\n    algorithm: " << zone.key.algorithm
       << "\n    secret: " << zone.key.secret << "\n"
       << "remote:\n"
       << "  - id: primary\n    address: " << At(zone.primary_port != 0 ? zone.primary_port : 9)
       << "\n    key: " << zone.key.name << "\n"
       << "  - id: secondary\n    address: " << At(zone.notify_port != 0 ? zone.notify_port : 9)
       << "\n    key: " << zone.key.name << "\n"
       << "acl:\n  - id: all\n    key: " << zone.key.name << "\n    action: [transfer, notify]\n"
       << "zone:\n  - domain: " << zone.origin << "\n    storage: " << dir << "\n    file: zone\n"
       << "    acl: all\n    semantic-checks: off\n";
  if (zone.primary_port != 0) {
    text << "    master: primary\n    refresh-min-interval: 2\n    retry-min-interval: 1\n"
         << "    retry-max-interval: 2\n    zonefile-sync: -1\n    zonefile-load: none\n"
         << "    journal-content: all\n";
  } else {
    text << "    zonefile-load: difference\n    journal-content: changes\n";
  }
  if (zone.notify_port != 0) text << "    notify: secondary\n";
  const std::string config = dir_.Write("knot.conf", text.str());
  process_ = std::make_unique<Process>(std::vector<std::string>{PathOf("knotd"), "-c", config},
                                       dir + "/knotd");
}

void Knot::Edit(const std::string& text) {
  dir_.Write("zone", text);
  process_->Signal(SIGHUP);
}

std::string Dig(uint16_t port, const std::vector<std::string>& words) {
  std::vector<std::string> command = {"dig",     "@127.0.0.1", "-p", std::to_string(port),
                                      "+time=2", "+tries=2"};
  command.insert(command.end(), words.begin(), words.end());
  return Run(command);
}

std::string KeyWord(const SharedKey& key) {
  return key.algorithm + ":" + key.name + ":" + key.secret;
}

int64_t SerialAt(uint16_t port, const std::string& origin) {
  std::istringstream soa(Dig(port, {"+short", origin, "SOA"}));
  std::string primary, mailbox;
  int64_t serial = -1;
  return soa >> primary >> mailbox >> serial ? serial : -1;
}

std::vector<std::string> RecordsTold(uint16_t port, const SharedKey& key,
                                     std::vector<std::string> words) {
  words.insert(words.begin(), {"-y", KeyWord(key), "+noall", "+answer"});
  std::istringstream text(Dig(port, words));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    std::replace(line.begin(), line.end(), '\t', ' ');
    line.erase(
        std::unique(line.begin(), line.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
        line.end());
    std::transform(line.begin(), line.end(), line.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (!line.empty() && line[0] != ';') lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> ZoneAt(uint16_t port, const std::string& origin, const SharedKey& key) {
  std::vector<std::string> lines = RecordsTold(port, key, {"+onesoa", origin, "AXFR"});
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace waypost::test
