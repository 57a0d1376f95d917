// Lets a line about what strangers send through once a second, so that they cannot fill the log.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "dnsd/base/clock.h"

namespace waypost::control {

class LogGate {
 public:
  static constexpr std::chrono::seconds kPeriod{1};

  /// How many lines were left out since the last one; nullopt: so is this one.
  std::optional<uint64_t> Open(Steady now) {
    if (now < next_) {
      ++left_out_;
      return std::nullopt;
    }
    next_ = now + kPeriod;
    return std::exchange(left_out_, 0);
  }

 private:
  Steady next_;
  uint64_t left_out_ = 0;
};

}  // namespace waypost::control
