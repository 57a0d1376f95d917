// Time as an input: everything that needs it is given a Clock, so that tests and simulations own
// it.
#pragma once

#include <chrono>

namespace waypost {

using Steady = std::chrono::steady_clock::time_point;
using Wall = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes back; for intervals and ages.
  virtual Steady Now() const = 0;
  /// For people and for what outlives the process.
  virtual Wall WallNow() const = 0;
};

class SystemClock final : public Clock {
 public:
  Steady Now() const override { return std::chrono::steady_clock::now(); }
  Wall WallNow() const override { return std::chrono::system_clock::now(); }
};

/// Stands still until told to move.
class VirtualClock final : public Clock {
 public:
  Steady Now() const override { return steady_; }
  Wall WallNow() const override { return wall_; }
  void Advance(std::chrono::nanoseconds by) {
    steady_ += by;
    wall_ += std::chrono::duration_cast<Wall::duration>(by);
  }

 private:
  Steady steady_{std::chrono::hours(1)};
  Wall wall_{std::chrono::hours(24 * 365 * 50)};
};

}  // namespace waypost
