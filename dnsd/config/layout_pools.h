// What of the configuration concerns pools and regions as a whole.
//
// Thread safety: pure functions. Errors: none; the resources are checked.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "dnsd/config/build.h"
#include "dnsd/config/catalog.h"
#include "dnsd/liveness/layout.h"

namespace waypost::config {

/// Names of the pools that an automation covers, of those that there are.
std::set<std::string> PoolsCovered(const v1::Automation& automation, const Catalog& catalog);

/// The place of each signal in a layout.
std::map<std::string, uint32_t> SignalIndices(const Catalog& catalog);

/// Fills in regions, signals, automations, and what pools need. `layout` has its pools already.
/// `mode(name)`: what an operator decided about an automation.
void AddPoolRules(const Built& built,
                  const std::function<v1::AutomationMode(const std::string& name)>& mode,
                  liveness::Layout& layout);

}  // namespace waypost::config
