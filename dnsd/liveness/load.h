// How much something has to do, of how much it can.
//
// Thread safety: a value.
#pragma once

#include <algorithm>

namespace waypost::liveness {

struct Load {
  float used = 0;      // at least 0
  float capacity = 0;  // in the same unit; 0: the load is not known

  bool is_known() const { return capacity > 0; }
  /// Of 1; may be above. Precondition for both: known.
  float utilisation() const { return used / capacity; }
  float free() const { return std::max(0.0F, capacity - used); }

  bool operator==(const Load&) const = default;
};

}  // namespace waypost::liveness
