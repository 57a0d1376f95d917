// What can be seen from outside, as Prometheus text. Names and meanings are part of the public
// interface.
//
// Thread safety: any thread but the control thread. Errors: none.
#pragma once

#include <string>

#include "dnsd/control/publisher.h"
#include "dnsd/control/secondary_zone.h"
#include "dnsd/serve/figures.h"
#include "dnsd/store/store.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

struct MetricsInput {
  std::string region;  // the director's own; may be empty
  serve::Figures figures;
  v1::StatusReply status;
  std::vector<std::pair<std::string, uint16_t>>
      pool_slots;  // pool name, slot in Figures::answers_by_slot
  std::map<std::string, std::string> pool_regions;
  uint64_t verdict_changes = 0;
  uint64_t state_write_failures = 0;
  uint64_t refused_tasks = 0;
  uint64_t transfer_dropped = 0;
  bool store_writable = true;
  SecondaryFigures secondary;
  uint64_t unkept_zones = 0;
  uint64_t leases = 0;
  uint64_t leases_expired = 0;
  std::vector<VantageFacts> vantages;
  uint64_t underwatched = 0;
  liveness::Dropped dropped;
};

std::string MetricsText(const MetricsInput& input);

}  // namespace waypost::control
