#include "dnsd/xdp/filter.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <filter.skel.h>  // generated from filter.bpf.c
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "dnsd/wire/octets.h"

namespace waypost::xdp {
namespace {

/// As filter.bpf.c has it.
struct Destination {
  std::array<uint8_t, 16> address{};
  std::array<uint8_t, 2> port{};
  uint16_t is_v6 = 0;
};

Destination KeyOf(const SocketAddress& destination) {
  Destination key;
  destination.address.WriteBytes(key.address.data());
  wire::WriteU16(key.port.data(), destination.port);
  key.is_v6 = destination.address.is_v4() ? 0 : 1;
  return key;
}

tl::unexpected<Error> SystemError(const std::string& interface, const char* step, int error) {
  const char* const hint = error == EPERM   ? " (needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF)"
                           : error == EBUSY ? " (another XDP program is there: ip link show)"
                                            : "";
  return Fail(ErrorCode::kUnavailable,
              fmt::format("{}: {}: {}{}", interface, step, std::strerror(error), hint));
}

unsigned CountQueues(const std::string& interface) {
  unsigned queues = 0;
  std::error_code error;
  const std::filesystem::path folder = "/sys/class/net/" + interface + "/queues";
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().rfind("rx-", 0) == 0) ++queues;
  }
  return std::clamp(queues, 1U, kMaxQueues);
}

unsigned ReadMtu(const std::string& interface) {
  unsigned mtu = 1500;
  std::ifstream("/sys/class/net/" + interface + "/mtu") >> mtu;
  return mtu;
}

std::vector<IpAddress> AddressesOf(const std::string& interface) {
  std::vector<IpAddress> addresses;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || interface != one->ifa_name) continue;
    if (one->ifa_addr->sa_family == AF_INET) {
      const auto* v4 = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
      addresses.push_back(
          IpAddress::FromBytes(IpFamily::kV4, reinterpret_cast<const uint8_t*>(&v4->sin_addr)));
    } else if (one->ifa_addr->sa_family == AF_INET6) {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(one->ifa_addr);
      addresses.push_back(IpAddress::FromBytes(IpFamily::kV6, v6->sin6_addr.s6_addr));
    }
  }
  freeifaddrs(list);
  return addresses;
}

struct FreeProgram {
  void operator()(filter_bpf* program) const { filter_bpf__destroy(program); }
};

class LoadedFilter final : public Filter {
 public:
  LoadedFilter(const Interface& interface, filter_bpf* program)
      : interface_(interface), program_(program) {}
  ~LoadedFilter() override {
    if (link_ >= 0) close(link_);
  }

  Status AddDestination(const SocketAddress& destination) override {
    const Destination key = KeyOf(destination);
    const uint8_t present = 1;
    const int map = bpf_map__fd(program_->maps.destinations);
    if (bpf_map_update_elem(map, &key, &present, BPF_ANY) == 0) return {};
    return SystemError(interface_.name, "add an address to the XDP filter", errno);
  }

  Status AddSocket(unsigned queue, int socket) override {
    const int map = bpf_map__fd(program_->maps.sockets);
    if (bpf_map_update_elem(map, &queue, &socket, BPF_ANY) == 0) return {};
    return SystemError(interface_.name, "add a socket to the XDP filter", errno);
  }

  Result<Mode> Attach() override {
    if (AttachAs(XDP_FLAGS_DRV_MODE)) return Mode::kNative;
    if (AttachAs(XDP_FLAGS_SKB_MODE)) return Mode::kGeneric;
    return SystemError(interface_.name, "attach the XDP filter", errno);
  }

  void Admit(bool is_admitting) noexcept override {
    program_->bss->is_admitting = is_admitting ? 1 : 0;
  }

 private:
  bool AttachAs(uint32_t mode) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = mode);
    const int program = bpf_program__fd(program_->progs.take_queries);
    link_ = bpf_link_create(program, interface_.index, BPF_XDP, &options);
    return link_ >= 0;
  }

  const Interface interface_;
  const std::unique_ptr<filter_bpf, FreeProgram> program_;
  int link_ = -1;
};

}  // namespace

Result<Interface> Interface::Find(const std::string& name) {
  const unsigned index = if_nametoindex(name.c_str());
  if (index == 0) return Fail(ErrorCode::kNotFound, fmt::format("{}: no such interface", name));
  return Interface{.name = name,
                   .index = static_cast<int>(index),
                   .queues = CountQueues(name),
                   .mtu = ReadMtu(name),
                   .addresses = AddressesOf(name)};
}

Result<std::unique_ptr<Filter>> Filter::Load(const Interface& interface) {
  libbpf_set_print(nullptr);
  filter_bpf* const program = filter_bpf__open_and_load();
  if (program == nullptr) return SystemError(interface.name, "load the XDP filter", errno);
  return std::make_unique<LoadedFilter>(interface, program);
}

}  // namespace waypost::xdp
