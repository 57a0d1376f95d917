#include "healthd/diagnose/local_step.h"

#include <sys/resource.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace waypost::diagnose {
namespace {

/// As the kernel counts them (include/net/tcp_states.h).
constexpr std::array kStates = {
    "",      "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",   "TIME_WAIT",
    "CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "NEW_SYN_RECV"};

uint64_t ReadNumber(const char* path) {
  uint64_t number = 0;
  std::ifstream(path) >> number;
  return number;
}

uint64_t OpenDescriptors() {
  std::error_code error;
  uint64_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    (void)entry;
    ++count;
  }
  return count;
}

std::optional<uint32_t> Hexadecimal(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789ABCDEFabcdef") != std::string::npos ||
      text.size() > 8)
    return {};
  return static_cast<uint32_t>(std::stoul(text, nullptr, 16));
}

void CountPorts(const std::set<uint32_t>& ports, v1::LocalLimits& limits) {
  uint32_t first = 0;
  uint32_t last = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
  limits.set_first_port(first);
  limits.set_last_port(last);
  const auto begin = ports.lower_bound(first);
  limits.set_ports_in_use(static_cast<uint32_t>(std::distance(begin, ports.upper_bound(last))));
}

}  // namespace

void CountSockets(std::istream& table, v1::LocalLimits& limits, std::set<uint32_t>& ports) {
  std::string line;
  std::getline(table, line);  // the heading
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string slot, local, remote, state;
    if (!(words >> slot >> local >> remote >> state)) continue;
    const auto number = Hexadecimal(state);
    const auto port = Hexadecimal(local.substr(local.find(':') + 1));
    if (!number || *number == 0 || *number >= kStates.size() || !port) continue;
    ++(*limits.mutable_sockets())[kStates[*number]];
    ports.insert(*port);
  }
}

v1::LocalLimits ReadLocalLimits() {
  v1::LocalLimits limits;
  std::set<uint32_t> ports;
  for (const char* path : {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"}) {
    std::ifstream table(path);
    CountSockets(table, limits, ports);
  }
  CountPorts(ports, limits);
  rlimit most{};
  getrlimit(RLIMIT_NOFILE, &most);
  limits.set_descriptors(OpenDescriptors());
  limits.set_max_descriptors(most.rlim_cur);
  limits.set_tracked(ReadNumber("/proc/sys/net/netfilter/nf_conntrack_count"));
  limits.set_max_tracked(ReadNumber("/proc/sys/net/netfilter/nf_conntrack_max"));
  return limits;
}

}  // namespace waypost::diagnose
