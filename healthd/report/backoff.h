// How long to wait before the next try to connect: doubling from 100 ms to 5 s, each between half
// of that and the whole of it, so that many vantages do not return to a restarted director in step.
//
// Thread safety: one thread.
#pragma once

#include <algorithm>
#include <chrono>

#include "dnsd/base/random.h"

namespace waypost::report {

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{100};
  static constexpr std::chrono::milliseconds kLongest{5000};

  explicit Backoff(uint64_t seed) : random_(seed) {}

  std::chrono::milliseconds Next() {
    const auto half = std::exchange(ceiling_, std::min(ceiling_ * 2, kLongest)) / 2;
    return half + std::chrono::milliseconds(random_.Below(static_cast<uint64_t>(half.count()) + 1));
  }
  /// The connection works: the next wait is the first one again.
  void Reset() { ceiling_ = kFirst; }

 private:
  std::chrono::milliseconds ceiling_ = kFirst;
  Random random_;
};

}  // namespace waypost::report
