// What of the configuration concerns liveness, in board order.
//
// Thread safety: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/liveness/automation.h"
#include "dnsd/liveness/calculated_health.h"
#include "dnsd/liveness/evidence.h"
#include "dnsd/liveness/pool_health.h"
#include "dnsd/liveness/signals.h"
#include "dnsd/liveness/temper.h"

namespace waypost::liveness {

enum class Forced : uint8_t { kNo, kUp, kDown };

struct EndpointSpec {
  std::string id;  // POOL/ADDRESS; verdicts are carried over by it when the configuration changes
  bool monitored = true;
  VoteRule rule;
  Damping damping;
  SlowStart slow_start;
  uint16_t weight = 100;
  bool drained = false;  // itself, its pool or its region
  Forced forced = Forced::kNo;
  std::optional<uint32_t> signal;  // down while that is down
};

struct PoolSpec {
  std::string name;
  uint16_t weight = 100;
  PoolHealth health;
  uint32_t region = 0;
  Needs needs;
};

struct HoldSpec {
  std::string id;  // POLICY/POOL; carried over like verdicts
  uint32_t pool = 0;
  bool manual = false;
  std::chrono::seconds delay{300};
};

/// Everything in board order.
struct Layout {
  std::vector<EndpointSpec> endpoints;
  std::vector<PoolSpec> pools;
  std::vector<HoldSpec> holds;
  std::vector<RegionSpec> regions;
  std::vector<SignalSpec> signals;
  std::vector<AutomationSpec> automations;  // a pool belongs to one at most
};

}  // namespace waypost::liveness
