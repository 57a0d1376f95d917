#include "tests/integration/slow_cable.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <map>
#include <random>

namespace waypost::test {
namespace {

using Clock = std::chrono::steady_clock;

int OpenTun() {
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strcpy(request.ifr_name, "slow");
  if (device >= 0 && ioctl(device, TUNSETIFF, &request) == 0) return device;
  if (device >= 0) close(device);
  return -1;
}

int OpenAt(SmallInternet& internet, const std::string& host, const std::string& address,
           const std::string& peer) {
  int device = -1;
  internet.Do(host, [&device] { device = OpenTun(); });
  if (device < 0) return -1;
  internet.Run(host, {"ip", "addr", "add", address, "peer", peer, "dev", "slow"});
  internet.Run(host, {"ip", "link", "set", "slow", "up"});
  return device;
}

struct Packet {
  int to = -1;
  std::string bytes;
};

}  // namespace

SlowCable::SlowCable(SmallInternet& internet, const std::string& left,
                     const std::string& left_address, const std::string& right,
                     const std::string& right_address)
    : left_(OpenAt(internet, left, left_address, right_address)),
      right_(OpenAt(internet, right, right_address, left_address)) {
  if (is_there()) carrier_ = std::thread([this] { Carry(); });
}

SlowCable::~SlowCable() {
  ends_ = true;
  if (carrier_.joinable()) carrier_.join();
  for (const int device : {left_, right_})
    if (device >= 0) close(device);
}

void SlowCable::Delay(Milliseconds least, Milliseconds most) {
  least_ms_ = least.count();
  most_ms_ = most.count();
}

void SlowCable::Carry() {
  std::mt19937 random(1);
  std::multimap<Clock::time_point, Packet> kept;
  std::array<char, 65536> bytes;
  while (!ends_) {
    std::array<pollfd, 2> polled = {pollfd{left_, POLLIN, 0}, pollfd{right_, POLLIN, 0}};
    poll(polled.data(), polled.size(), 1);
    for (const auto& end : polled) {
      const int to = end.fd == left_ ? right_ : left_;
      for (ssize_t count; (count = read(end.fd, bytes.data(), bytes.size())) > 0;) {
        std::uniform_int_distribution<int64_t> delay(least_ms_, most_ms_);
        kept.emplace(Clock::now() + Milliseconds(delay(random)),
                     Packet{to, {bytes.data(), static_cast<size_t>(count)}});
      }
    }
    while (!kept.empty() && kept.begin()->first <= Clock::now()) {
      const Packet& packet = kept.begin()->second;
      [[maybe_unused]] const ssize_t sent =
          write(packet.to, packet.bytes.data(), packet.bytes.size());
      kept.erase(kept.begin());
    }
  }
}

}  // namespace waypost::test
