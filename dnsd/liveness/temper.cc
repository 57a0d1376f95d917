#include "dnsd/liveness/temper.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace waypost::liveness {
namespace {

using RealSeconds = std::chrono::duration<double>;

/// A slow start moves in so many steps: each is a store per endpoint and a new epoch.
constexpr int kSteps = 20;

Steady::duration Rounded(RealSeconds time) { return std::chrono::ceil<Steady::duration>(time); }

}  // namespace

Steady Temper::Update(const Damping& damping, const SlowStart& slow_start, std::optional<bool> up,
                      Steady now) {
  // What a former life remembers may come from a clock that was ahead.
  decayed_at_ = std::min(decayed_at_, now);
  fell_at_ = std::min(fell_at_, now);
  if (ramp_since_) ramp_since_ = std::min(*ramp_since_, now);
  const auto before = std::exchange(up_, up);
  const bool was_damped = damped_;
  if (before == true && up == false) Fall(damping, now);
  UpdateDamping(damping, now);
  const bool rose = before == false && up == true && !damped_;
  if (rose || (was_damped && !damped_ && up == true)) ramp_since_ = now;
  if (up != true || damped_) ramp_since_.reset();
  return std::min(UpdateRamp(slow_start, now), damped_ ? damped_until_ : Steady::max());
}

void Temper::Restore(const Memory& memory) {
  penalty_ = memory.penalty;
  decayed_at_ = memory.decayed_at;
  fell_at_ = memory.fell_at;
  damped_ = memory.damped;
  ramp_since_ = memory.ramp_since;
}

void Temper::Decay(const Damping& damping, Steady now) {
  const RealSeconds passed = now - std::exchange(decayed_at_, now);
  penalty_ *= std::exp2(-passed / RealSeconds(damping.half_life));
}

void Temper::Fall(const Damping& damping, Steady now) {
  if (damping.half_life.count() == 0) return;
  Decay(damping, now);
  penalty_ += 1;
  fell_at_ = now;
}

void Temper::UpdateDamping(const Damping& damping, Steady now) {
  if (damping.half_life.count() == 0) {
    damped_ = false;
    penalty_ = 0;
    return;
  }
  Decay(damping, now);
  const bool is_over = penalty_ < damping.reuse || now - fell_at_ >= damping.max;
  damped_ = damped_ ? !is_over : penalty_ > damping.suppress && !is_over;
  if (!damped_) return;
  const RealSeconds to_reuse = RealSeconds(damping.half_life) * std::log2(penalty_ / damping.reuse);
  damped_until_ = std::min(now + Rounded(to_reuse) + std::chrono::milliseconds(1),
                           fell_at_ + Rounded(RealSeconds(damping.max)));
}

Steady Temper::UpdateRamp(const SlowStart& slow_start, Steady now) {
  ramp_ = kWhole;
  if (!ramp_since_) return Steady::max();
  if (now - *ramp_since_ >= slow_start.over) {
    ramp_since_.reset();
    return Steady::max();
  }
  const auto step = slow_start.over / kSteps;
  const auto done = (now - *ramp_since_) / step;
  const uint32_t percent = slow_start.from_percent +
                           (100 - slow_start.from_percent) * static_cast<uint32_t>(done) / kSteps;
  ramp_ = static_cast<uint8_t>(std::max(1U, percent * kWhole / 100));
  return *ramp_since_ + (done + 1) * step;
}

}  // namespace waypost::liveness
