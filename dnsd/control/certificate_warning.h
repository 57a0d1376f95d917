// What `status` warns of: certificates that end sooner than their monitor's `warn_expiry`.
//
// Thread safety: a function of its arguments. Errors: none.
#pragma once

#include <string>
#include <vector>

#include "dnsd/config/build.h"
#include "dnsd/liveness/verdicts.h"

namespace waypost::control {

/// By what the vantages saw last; empty: there is nothing to warn of.
std::string CertificateWarning(const config::Built& built, steer::EndpointIndex endpoint,
                               const std::vector<liveness::VoteReport>& votes);

}  // namespace waypost::control
