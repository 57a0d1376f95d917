// Rise and fall: turns the results of one target's probes into an opinion.
//
//   no opinion   the first success makes it up, `fall` failures before it make it down
//   up           `fall` failures make it down, in a row or scattered: they are forgotten when
//                `forget` successes came in a row
//   down         `rise` successes in a row make it up; one failure in between starts anew
//
// With forget 1 only failures in a row count.
//
// Thread safety: a value. It reads no clock: times are passed in.
#pragma once

#include <cstdint>

#include "dnsd/base/clock.h"

namespace waypost::detect {

enum class Opinion : uint8_t { kNone, kUp, kDown };

/// Each at least 1.
struct Thresholds {
  uint32_t rise = 2;
  uint32_t fall = 3;
  uint32_t forget = 1;
};

class Detector {
 public:
  explicit Detector(Thresholds thresholds) : thresholds_(thresholds) {}

  /// True: the opinion changed.
  bool Add(bool success, Steady ended);

  Opinion opinion() const { return opinion_; }
  /// Without an opinion: since the first result.
  Steady opinion_since() const { return opinion_since_; }
  /// Results that count against the opinion; without one, failures.
  uint32_t contrary() const { return contrary_; }
  /// Not called down, and the last probe failed: worth another look soon.
  bool in_doubt() const { return opinion_ != Opinion::kDown && contrary_ > 0 && confirmed_ == 0; }
  /// Called down, and the last probe succeeded.
  bool recovering() const { return opinion_ == Opinion::kDown && contrary_ > 0; }

 private:
  void Begin(Opinion opinion, Steady since);
  void Confirm();

  Thresholds thresholds_;
  Opinion opinion_ = Opinion::kNone;
  Steady opinion_since_;
  uint32_t contrary_ = 0;
  uint32_t confirmed_ = 0;  // results in a row for the opinion, since one against it
};

}  // namespace waypost::detect
