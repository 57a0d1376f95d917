// Rise and fall: turns the results of one target's probes into an opinion.
//
//   no opinion   the first result is the opinion
//   up           `fall` failures in a row make it down; one success in between starts anew
//   down         `rise` successes in a row make it up; one failure in between starts anew
//
// Thread safety: a value. It reads no clock: times are passed in.
#pragma once

#include <cstdint>

#include "dnsd/base/clock.h"

namespace waypost::detect {

enum class Opinion : uint8_t { kNone, kUp, kDown };

class Detector {
 public:
  /// Both at least 1.
  Detector(uint32_t rise, uint32_t fall) : rise_(rise), fall_(fall) {}

  /// True: the opinion changed.
  bool Add(bool success, Steady ended);

  Opinion opinion() const { return opinion_; }
  /// Only with an opinion.
  Steady opinion_since() const { return opinion_since_; }
  /// Results in a row that go against the opinion.
  uint32_t contrary() const { return contrary_; }
  /// Called up, with failures that are too few yet to call it down: worth another look soon.
  bool in_doubt() const { return opinion_ == Opinion::kUp && contrary_ > 0; }

 private:
  uint32_t rise_;
  uint32_t fall_;
  Opinion opinion_ = Opinion::kNone;
  Steady opinion_since_;
  uint32_t contrary_ = 0;
};

}  // namespace waypost::detect
