// What becomes of an endpoint's verdict over time: one that flips all the time is kept down (flap
// damping), one that recovers gets its weight back little by little (slow start).
//
// Damping is that of routes (RFC 2439): each time the verdict becomes down costs a penalty of 1,
// which halves every half-life. Above `suppress` the endpoint is kept down, whatever its verdict,
// until the penalty is below `reuse`, or the verdict last became down `max` ago.
//
// A slow start begins when the verdict becomes up, or when damping lets it.
//
// Thread safety: one thread. Time is passed in. Errors: none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "dnsd/base/clock.h"

namespace waypost::liveness {

struct Damping {
  std::chrono::milliseconds half_life{0};  // zero: no damping
  double suppress = 3;
  double reuse = 1.5;
  std::chrono::milliseconds max{0};
};

struct SlowStart {
  std::chrono::milliseconds over{0};  // zero: none
  uint32_t from_percent = 10;
};

class Temper {
 public:
  /// What outlives the process.
  struct Memory {
    double penalty = 0;  // as of decayed_at
    Steady decayed_at{};
    Steady fell_at{};
    bool damped = false;
    std::optional<Steady> ramp_since;
  };

  Memory Remember() const { return {penalty_, decayed_at_, fell_at_, damped_, ramp_since_}; }
  void Restore(const Memory& memory);

  /// Share of the weight of an endpoint that is not in a slow start.
  static constexpr uint8_t kWhole = 255;

  /// `up`: the verdict; unset: there is none. Returns when to call it again even if the verdict
  /// stays; max: never.
  Steady Update(const Damping& damping, const SlowStart& slow_start, std::optional<bool> up,
                Steady now);

  // As of the last Update.

  bool damped() const { return damped_; }
  /// Of kWhole, at least 1.
  uint8_t ramp() const { return ramp_; }
  double penalty() const { return penalty_; }
  /// When damping ends if the verdict stays up.
  Steady damped_until() const { return damped_until_; }

 private:
  void Decay(const Damping& damping, Steady now);
  void Fall(const Damping& damping, Steady now);
  void UpdateDamping(const Damping& damping, Steady now);
  Steady UpdateRamp(const SlowStart& slow_start, Steady now);

  std::optional<bool> up_;
  double penalty_ = 0;
  Steady decayed_at_{};
  Steady fell_at_{};
  bool damped_ = false;
  Steady damped_until_ = Steady::max();
  std::optional<Steady> ramp_since_;
  uint8_t ramp_ = kWhole;
};

}  // namespace waypost::liveness
