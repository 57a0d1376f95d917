// What to examine of an endpoint: its address, as its monitor probes it.
//
// Thread safety: a pure function.
#pragma once

#include <optional>

#include "dnsd/config/build.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::control {

/// The request's target is POOL/ADDRESS, or the address alone of a pool's endpoint. nullopt: it is
/// none of `built`'s endpoints. Of the request only the target is looked at.
std::optional<v1::Examination> BuildEndpointOrder(const v1::DiagnoseRequest& request,
                                                  const config::Built& built);

}  // namespace waypost::control
