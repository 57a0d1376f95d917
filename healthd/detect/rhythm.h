// How soon a target is probed again, by what its detector makes of the results: quickly after a
// first failure, at the interval as a rule, and with growing pauses when it has been down for long.
// There a single success brings the interval back, and a single failure the long pause (half open).
//
// Thread safety: a value; the Random belongs to the caller.
#pragma once

#include <cstdint>

#include "dnsd/base/random.h"
#include "healthd/detect/detector.h"
#include "healthd/detect/pace.h"

namespace waypost::detect {

struct Tempo {
  microseconds interval{5'000'000};
  /// Down for this long before pauses grow.
  microseconds backoff_after{0};
  /// The longest pause; zero: pauses do not grow.
  microseconds backoff_max{0};
};

class Rhythm {
 public:
  explicit Rhythm(Tempo tempo) : tempo_(tempo) {}

  /// From the start of the probe that ended at `ended`, and that `detector` has counted, to that of
  /// the next.
  microseconds Next(const Detector& detector, Steady ended, Random& random);

 private:
  bool BacksOff(const Detector& detector, Steady ended) const;

  Tempo tempo_;
  uint32_t doublings_ = 0;
};

}  // namespace waypost::detect
