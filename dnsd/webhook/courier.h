// The events that one webhook still has to deliver, and when to try again.
//
// Events go out in the order in which they happened, one at a time. After a failure the pause
// doubles from kFirstPause to kLongestPause, up to a half less by chance. After kBreakAfter
// failures in a row the circuit is open: one try each kLongestPause, until one succeeds. An event
// is given up after its attempts, or at once where the receiver says that it will never take it. A
// full queue drops its oldest.
//
// Thread safety: one thread. Time is passed in. Errors: counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/webhook/message.h"

namespace waypost::webhook {

/// What came of a try.
struct Attempt {
  enum class Outcome : uint8_t { kDelivered, kFailed, kRefused };
  Outcome outcome = Outcome::kFailed;
  std::string error;
};

struct CourierFigures {
  uint64_t waiting = 0;
  uint64_t delivered = 0;
  uint64_t failures = 0;  // tries
  uint64_t dropped = 0;   // events: the queue was full, or they were given up
  bool is_open = false;   // the circuit
  std::string error;      // of the last try; empty: it succeeded
};

class Courier {
 public:
  static constexpr std::chrono::seconds kFirstPause{1};
  static constexpr std::chrono::seconds kLongestPause{60};
  static constexpr uint32_t kBreakAfter = 5;

  struct Limits {
    size_t queue = 1000;
    uint32_t attempts = 10;
  };

  Courier(Limits limits, uint64_t seed) : limits_(limits), random_(seed) {}

  void SetLimits(Limits limits) { limits_ = limits; }
  void Add(Event event);
  /// The event to send now; it is on its way until Done.
  std::optional<Event> Take(Steady now);
  void Done(const Attempt& attempt, Steady now);

  /// When Take may return something; unset: nothing waits, or one is on its way.
  std::optional<Steady> NextTry() const;
  CourierFigures figures() const;

 private:
  std::chrono::milliseconds Pause();

  Limits limits_;
  Random random_;
  std::deque<Event> queue_;
  bool is_away_ = false;   // the front is on its way
  uint32_t attempts_ = 0;  // of the front
  uint32_t failed_in_row_ = 0;
  Steady not_before_{};
  CourierFigures figures_;
};

}  // namespace waypost::webhook
