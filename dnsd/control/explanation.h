// One decision told as a story: the trace of steer::Decide in the schema's words.
//
// Thread safety: pure. Errors: kInvalid for a client or name that cannot be read, kNotFound for a
// name that no policy decides.
#pragma once

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"
#include "dnsd/geo/atlas.h"
#include "dnsd/geo/latency_table.h"
#include "dnsd/serve/snapshot.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

struct ExplainWorld {
  const serve::Snapshot& snapshot;
  const geo::Atlas& atlas;
  const geo::LatencyTable& latency;
  Wall now;
};

Status Explain(const v1::ExplainRequest& request, const ExplainWorld& world,
               v1::ExplainReply& reply);

}  // namespace waypost::control
