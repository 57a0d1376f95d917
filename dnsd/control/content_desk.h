// Takes what was transferred to where it is served and kept: on the builder, all that waits in one
// go. First it is served, then kept; a disk that is slow or gone keeps no zone from being fresh.
//
// Thread safety: Deliver from any thread; all else on the builder. Ownership: everything given must
// outlive it; so must it the refresher that delivers. Errors: a zone that cannot be served is told
// to who delivered it, one that cannot be kept is an event and a count.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/control/changes.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/control/secondary_zone.h"
#include "dnsd/control/serial_executor.h"
#include "dnsd/control/zone_copies.h"

namespace waypost::control {

class ContentDesk {
 public:
  /// `copies` may be null: nothing outlives the process.
  ContentDesk(Changes& changes, EventBus& events, ZoneCopies* copies, SerialExecutor& builder,
              const Clock& clock)
      : changes_(changes), events_(events), copies_(copies), builder_(builder), clock_(clock) {}

  /// The copies of a former life that have not expired meanwhile.
  Result<std::map<std::string, KeptContent>> Load();
  void Deliver(Delivery delivery);
  /// Deletes the copies of zones that have no primaries any more, or begin anew.
  void Retain(const config::Built& built);

  uint64_t unkept() const { return unkept_.load(std::memory_order_relaxed); }

 private:
  void Run();
  void Finish(const Delivery& delivery, const std::map<std::string, Problems>& refused);
  /// Reports it if the store could not.
  void Note(const std::string& origin, const Status& kept);

  Changes& changes_;
  EventBus& events_;
  ZoneCopies* const copies_;
  SerialExecutor& builder_;
  const Clock& clock_;
  std::atomic<uint64_t> unkept_{0};
  std::mutex mutex_;  // guards waiting_
  std::vector<Delivery> waiting_;
};

}  // namespace waypost::control
