// What every thread of the data plane answers from: the same for all of them.
//
// Thread safety: as its parts. Ownership: borrows; all parts outlive the threads.
#pragma once

#include "dnsd/base/snapshot_cell.h"
#include "dnsd/serve/chooser.h"
#include "dnsd/serve/handler.h"
#include "dnsd/serve/identity.h"
#include "dnsd/serve/protection.h"
#include "dnsd/serve/snapshot.h"

namespace waypost::serve {

struct Service {
  const SnapshotCell<Snapshot>& snapshots;
  const SnapshotCell<Protection>& protections;  // never holds null
  const Identity& identity;
  Decider decide;
  Handler* handler = nullptr;  // null: nothing is handed over
};

}  // namespace waypost::serve
