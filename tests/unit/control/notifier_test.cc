#include "dnsd/control/notifier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "tests/support/dns_message.h"
#include "tests/support/udp_server.h"

namespace waypost::control {
namespace {

using test::Bytes;

/// A secondary that answers what it hears, but the first message of each of the `deaf` first zones.
class Secondary {
 public:
  explicit Secondary(size_t deaf)
      : deaf_(deaf), server_([this](const std::string& datagram) { return Hear(datagram); }) {}

  SocketAddress address() const { return {*IpAddress::Parse("127.0.0.1"), server_.port()}; }
  /// Zones that were told, and messages in all.
  std::pair<size_t, size_t> heard() {
    const std::lock_guard lock(mutex_);
    size_t messages = 0;
    for (const auto& [zone, times] : heard_) messages += times;
    return {heard_.size(), messages};
  }

 private:
  std::vector<std::string> Hear(std::string datagram) {
    const auto message = test::ReadMessage(Bytes(datagram.begin(), datagram.end()));
    if (!message) return {};
    const std::lock_guard lock(mutex_);
    const bool is_deaf = heard_.size() < deaf_ && !heard_.contains(message->qname);
    ++heard_[message->qname];
    if (is_deaf) return {};
    datagram[2] = static_cast<char>(datagram[2] | 0x80);
    return {datagram};
  }

  const size_t deaf_;
  std::mutex mutex_;
  std::map<std::string, size_t> heard_;
  test::UdpServer server_;
};

bool Eventually(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

TEST(Notifier, TellsEverySecondaryOfEveryZoneUntilItAnswers) {
  constexpr size_t kZones = 3000, kDeaf = 20;
  Secondary secondary(kDeaf);
  const SystemClock clock;
  Notifier notifier(clock, 1);
  for (size_t i = 0; i < kZones; ++i) {
    const auto origin = wire::Name::Parse("zone" + std::to_string(i) + ".example").value();
    notifier.Notify({origin, 7, secondary.address(), nullptr});
  }
  EXPECT_TRUE(Eventually([&] { return secondary.heard().first == kZones; }));
  EXPECT_TRUE(Eventually([&] { return secondary.heard().second >= kZones + kDeaf; }));
}

TEST(Notifier, DelaysNobodysNewsForAPeerThatNeverAnswers) {
  constexpr size_t kZones = 10'000;
  std::atomic<size_t> unanswered = 0, unanswered_before_news = 0;
  test::UdpServer silent([&](const std::string&) {
    ++unanswered;
    return std::vector<std::string>();
  });
  test::UdpServer other([&](const std::string&) {
    if (unanswered_before_news == 0) unanswered_before_news = unanswered.load();
    return std::vector<std::string>();
  });
  const auto at = [](const test::UdpServer& server) {
    return SocketAddress{*IpAddress::Parse("127.0.0.1"), server.port()};
  };
  const SystemClock clock;
  Notifier notifier(clock, 1);
  for (size_t i = 0; i < kZones; ++i) {
    const auto origin = wire::Name::Parse("zone" + std::to_string(i) + ".example").value();
    notifier.Notify({origin, 7, at(silent), nullptr});
  }
  ASSERT_TRUE(Eventually([&] { return unanswered > kZones; })) << "they are told again";
  const size_t before = unanswered;
  notifier.Notify({wire::Name::Parse("other.example").value(), 7, at(other), nullptr});
  ASSERT_TRUE(Eventually([&] { return unanswered_before_news > 0; }));
  EXPECT_LT(unanswered_before_news - before, kZones / 5);
}

}  // namespace
}  // namespace waypost::control
