// A cable between two namespaces that keeps packets for a while, evenly or not: two TUN devices and
// a thread that carries packets from one to the other.
//
// Thread safety: Delay from any thread. Ownership: the internet must outlive it. Errors: is_there()
// is false where the kernel refuses.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/integration/small_internet.h"

namespace waypost::test {

class SlowCable {
 public:
  using Milliseconds = std::chrono::milliseconds;

  /// The device is called `slow` at both ends, with these addresses ("10.90.10.1").
  SlowCable(SmallInternet& internet, const std::string& left, const std::string& left_address,
            const std::string& right, const std::string& right_address);
  ~SlowCable();
  SlowCable(const SlowCable&) = delete;
  SlowCable& operator=(const SlowCable&) = delete;

  bool is_there() const { return left_ >= 0 && right_ >= 0; }
  /// Each packet, in each direction, from now on: between these two.
  void Delay(Milliseconds least, Milliseconds most);

 private:
  void Carry();

  int left_ = -1;
  int right_ = -1;
  std::atomic<int64_t> least_ms_{0};
  std::atomic<int64_t> most_ms_{0};
  std::atomic<bool> ends_{false};
  std::thread carrier_;
};

}  // namespace waypost::test
