// What the operators of a simulated fleet declared, in their own words, built by the production
// code: pools, a monitor with the scenario's rule, and records of several policies over all pools.
#pragma once

#include <memory>
#include <string>

#include "dnsd/config/build.h"
#include "tests/sim/scenario.h"

namespace waypost::sim {

/// As a file would have it.
std::string DeclaredIn(const Scenario& scenario);

std::shared_ptr<const config::Built> Build(const std::string& yaml);

}  // namespace waypost::sim
