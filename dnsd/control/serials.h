// Zones that others copy, or that are updated dynamically, get a newer serial with every change of
// what a transfer would say: of the master file, of RRsets laid over it, or of what stands behind a
// steered record. Else a secondary would keep what it has.
//
// Thread safety: pure.
#pragma once

#include "dnsd/config/build.h"

namespace waypost::control {

/// Adds a SOA (an Rrset resource) with the next serial for every such zone that changed between the
/// two and whose serial did not become newer. False: there is none.
bool RaiseSerials(const config::Built& before, const config::Built& after,
                  config::ResourceSet& resources);

}  // namespace waypost::control
