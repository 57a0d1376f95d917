// A configuration as it is served: what was built, and the snapshot of it that the workers read.
//
// Thread safety: immutable values.
#pragma once

#include <cstdint>
#include <memory>

#include "dnsd/config/build.h"
#include "dnsd/geo/client_map.h"
#include "dnsd/serve/snapshot.h"

namespace waypost::control {

struct Serving {
  uint64_t revision = 0;
  std::shared_ptr<const config::Built> built;
  std::shared_ptr<const serve::Snapshot> snapshot;
};

/// Everything but the board and the counter slots. Shares with the snapshot of `former`, which may
/// be null, what is the same; costs what is not.
std::shared_ptr<serve::Snapshot> MakeSnapshot(uint64_t revision, const config::Built& built,
                                              std::shared_ptr<const geo::ClientMap> clients,
                                              const Serving* former);

}  // namespace waypost::control
