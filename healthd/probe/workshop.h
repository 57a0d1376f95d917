// What probes share: TLS contexts, compiled expressions, random numbers.
//
// Thread safety: one thread.
#pragma once

#include "dnsd/base/random.h"
#include "healthd/probe/patterns.h"
#include "healthd/probe/trust.h"

namespace waypost::probe {

struct Workshop {
  Trust trust;
  Patterns patterns;
  /// For identifiers that others must not guess; seeded by the system.
  Random random;
};

}  // namespace waypost::probe
