#include "healthd/diagnose/name_servers.h"

#include <fstream>
#include <sstream>

namespace waypost::diagnose {
namespace {

constexpr uint16_t kPort = 53;

}  // namespace

std::optional<SocketAddress> ParseNameServer(std::string_view text) {
  if (const auto address = IpAddress::Parse(text)) return SocketAddress{*address, kPort};
  return SocketAddress::Parse(text);
}

std::vector<SocketAddress> ReadNameServers(std::istream& resolv_conf) {
  std::vector<SocketAddress> servers;
  for (std::string line; std::getline(resolv_conf, line) && servers.size() < kMaxNameServers;) {
    std::istringstream words(line);
    std::string keyword;
    std::string server;
    if (!(words >> keyword >> server) || keyword != "nameserver") continue;
    if (const auto address = IpAddress::Parse(server)) servers.push_back({*address, kPort});
  }
  return servers;
}

std::vector<SocketAddress> OwnNameServers() {
  std::ifstream file("/etc/resolv.conf");
  auto servers = ReadNameServers(file);
  if (servers.empty()) servers.push_back({IpAddress::FromV4(0x7F000001), kPort});
  return servers;
}

}  // namespace waypost::diagnose
