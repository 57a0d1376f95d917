// The declared Webhooks as targets, fed from the event bus.
//
// Thread safety: all calls from any thread. Ownership: clock and events must outlive it; it leaves
// the bus when it stops. Errors: a webhook whose files cannot be read sends nothing and says so.
#pragma once

#include <vector>

#include "dnsd/config/build.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/webhook/deliverer.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

/// Reads the files that the resources name.
std::vector<webhook::Target> TargetsOf(const config::ResourceSet& resources);

class Webhooks {
 public:
  Webhooks(EventBus& events, const Clock& clock, uint64_t seed);
  ~Webhooks();

  void Configure(const config::Built& built);
  void TellStatus(v1::StatusReply& reply) const;
  /// Idempotent.
  void Stop();

 private:
  EventBus& events_;
  webhook::Deliverer deliverer_;
  uint64_t watcher_ = 0;
};

}  // namespace waypost::control
