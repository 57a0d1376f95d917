// The latest that this vantage knows about one target.
#pragma once

#include "healthd/detect/detector.h"
#include "healthd/probe/outcome.h"

namespace waypost::schedule {

/// Names one probe specification within this process; never used twice.
using WatchId = uint64_t;

struct Sighting {
  /// Counts the probes of this target that ended, from 1.
  uint64_t sequence = 0;
  Steady ended;
  detect::Opinion opinion = detect::Opinion::kNone;
  Steady opinion_since;
  /// This very probe changed the opinion.
  bool opinion_changed = false;
  uint32_t contrary = 0;
  probe::Outcome outcome;
};

}  // namespace waypost::schedule
