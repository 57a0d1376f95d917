// How much a zone's journal may hold.
//
// Thread safety: a value.
#pragma once

#include <cstddef>

namespace waypost::control {

/// Per zone; the oldest steps go first.
struct JournalLimits {
  /// With an update a minute, most of a day; each costs some 100 octets of memory.
  size_t max_versions = 1000;
  /// Of the store, and of memory while a secondary is told all of it. The store's largest value is
  /// the upper bound.
  size_t max_octets = size_t{16} << 20;
};

}  // namespace waypost::control
