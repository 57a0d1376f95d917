// A monotonic clock of one machine: it runs a little fast or slow, and leaps forward when the
// machine stood still.
#pragma once

#include <chrono>
#include <cstdint>

#include "dnsd/base/clock.h"
#include "tests/sim/scenario.h"

namespace waypost::sim {

class LocalClock {
 public:
  LocalClock() = default;
  /// 1000: as the world's.
  LocalClock(Steady now, uint32_t rate_per_mille) : began_(now), rate_per_mille_(rate_per_mille) {}

  Steady Read(Steady now) const {
    return began_ + (now - began_) * rate_per_mille_ / 1000 + leapt_;
  }
  void Leap(std::chrono::milliseconds time) { leapt_ += time; }

 private:
  Steady began_{};
  uint32_t rate_per_mille_ = 1000;
  Steady::duration leapt_{0};
};

/// A new machine's clock.
inline LocalClock DrawClock(const Faults& faults, Steady now, Random& random) {
  const uint32_t drift = faults.max_drift_per_mille;
  return {now, 1000 - drift + static_cast<uint32_t>(random.Below(2 * drift + 1))};
}

}  // namespace waypost::sim
