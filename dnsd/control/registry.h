// Endpoints that register themselves: who may, until when, and what becomes of the configuration.
//
// Registrations and their ends are changes of the configuration like all others, in the history;
// those that come while the builder is busy are one change together. Renewals only touch the lease
// table. Whatever else changes the resources (a rollback, a pool that no longer allows a client) is
// followed within a tick.
//
// Thread safety: Sweep on the builder; all else from any thread. Ownership: borrows. Limits:
// kMaxWaiting orders wait at the same time; registry_batch.h has the others. Errors: a
// Refusal says which and why.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dnsd/control/changes.h"
#include "dnsd/control/lease_table.h"
#include "dnsd/control/registry_batch.h"
#include "dnsd/control/serial_executor.h"
#include "waypost/v1/registry.pb.h"

namespace waypost::control {

class Registry {
 public:
  static constexpr size_t kMaxWaiting = 4096;

  Registry(SerialExecutor& builder, Changes& changes, const Clock& clock, EventBus& events)
      : builder_(builder), changes_(changes), events_(events), leases_(clock) {}

  /// `done` is called once, by the builder or at once.
  void Register(const v1::RegisterRequest& request, const Peer& peer, RegistryDone done);
  void Deregister(const v1::DeregisterRequest& request, const Peer& peer, RegistryDone done);
  /// The lease's whole time.
  std::chrono::nanoseconds Renew(const std::string& lease_id, const Peer& peer,
                                 std::optional<Refusal>& refusal);

  /// Takes away what has run out or is not allowed any more, and follows the configuration. At
  /// least every kTick.
  void Sweep();
  static constexpr std::chrono::milliseconds kTick{200};

  std::vector<LeaseTable::Row> List() const { return leases_.List(); }
  size_t lease_count() const { return leases_.size(); }
  uint64_t expired_count() const { return expired_.load(std::memory_order_relaxed); }

 private:
  void Enqueue(RegistryOrder order);
  void Flush();
  void Follow();

  SerialExecutor& builder_;
  Changes& changes_;
  EventBus& events_;
  LeaseTable leases_;
  std::atomic<uint64_t> expired_{0};
  // On the builder:
  std::shared_ptr<const config::Built> followed_;  // what the leases are those of
  bool has_failed_ = false;                        // told once, until it works again
  std::mutex mutex_;                               // guards waiting_
  std::vector<RegistryOrder> waiting_;
};

}  // namespace waypost::control
