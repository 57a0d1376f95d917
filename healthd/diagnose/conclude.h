// From what all places found to one conclusion: what is wrong, where it is seen from, how sure.
//
// What most places see decides; of equals the lower layer. Where others see nothing wrong, two
// things mean something else than from one place alone: a port that refuses some and serves others
// stands behind a filter (a service that is down refuses everyone), and a host that only some do
// not reach is alive, so that it is the way to it that is broken.
//
// Thread safety: a pure function.
#pragma once

#include <vector>

#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

v1::Conclusion Conclude(const std::vector<v1::Findings>& findings);

}  // namespace waypost::diagnose
