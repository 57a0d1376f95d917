// How long a step of an examination may go on.
//
// Thread safety: a value; `cancelled` may be set from any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>

#include "dnsd/base/clock.h"

namespace waypost::diagnose {

/// The time that patience is measured by.
inline Steady Now() { return std::chrono::steady_clock::now(); }

struct Allowance {
  Steady until;
  std::shared_ptr<const std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);

  bool over() const { return *cancelled || Now() >= until; }
  /// Milliseconds until `wished` for poll(2), at most a tenth of a second, so that a cancel is
  /// noticed.
  int PauseUntil(Steady wished) const {
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(std::min(wished, until) - Now());
    return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(100)).count());
  }
};

}  // namespace waypost::diagnose
