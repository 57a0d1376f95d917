// From where a query is answered, and what is known of it before.
//
// Thread safety: one thread. Ownership: borrows everything for the time of one query.
#pragma once

#include "dnsd/serve/snapshot.h"
#include "dnsd/steer/decide.h"
#include "dnsd/wire/query.h"
#include "dnsd/zone/zone.h"

namespace waypost::serve {

/// What looking ahead knows of a message: the query in it, and where it found the name that is
/// asked. Read where it lies: a copy, made as soon as it is written, waits for all of it.
struct Hint {
  wire::Query* query = nullptr;        // null: it was not parsed
  const ServedZone* served = nullptr;  // for clients of no view; perhaps without the name
  const zone::Node* node = nullptr;    // in there, of just this name; null: nothing was found
  // Of a steered name: what decides, and for whom; null: nobody was located.
  const steer::Record* steered = nullptr;
  steer::Client client;

  static const Hint kNothing;
};
inline constexpr Hint Hint::kNothing{};

/// What a query is answered from.
struct Horizon {
  const Snapshot* snapshot = nullptr;  // null: nothing was published yet
  const ServedView* view = nullptr;    // of the snapshot; null: none
  const Hint* hint = &Hint::kNothing;

  // NOLINTNEXTLINE(google-explicit-constructor): a snapshot alone is the horizon of most.
  Horizon(const Snapshot* of, const ServedView* seen = nullptr) noexcept
      : snapshot(of), view(seen) {}
};

}  // namespace waypost::serve
