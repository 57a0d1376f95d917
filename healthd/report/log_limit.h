// Keeps a storm of events out of the log: so many lines a second, the rest is counted.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "dnsd/base/clock.h"

namespace waypost::report {

class LogLimit {
 public:
  explicit LogLimit(uint32_t lines_per_second) : limit_(lines_per_second) {}

  /// nullopt: say nothing. Else the number of lines that were held back since the last one.
  std::optional<uint64_t> Admit(Steady now) {
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      lines_ = 0;
    }
    if (lines_ < limit_) {
      ++lines_;
      return std::exchange(held_back_, 0);
    }
    ++held_back_;
    return {};
  }

 private:
  uint32_t limit_;
  uint32_t lines_ = 0;
  uint64_t held_back_ = 0;
  Steady second_;
};

}  // namespace waypost::report
