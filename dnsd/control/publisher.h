// Owns what is served right now: the snapshot that the workers read, and the verdict engine that
// writes its board.
//
// Thread safety: all calls from any thread but the control thread, which lives inside; OnControl
// runs there. Ownership: store, clock, events and `background` must outlive it. Errors: none; a
// store that cannot take the last verdicts is counted and reported by state_write_failures().
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/snapshot_cell.h"
#include "dnsd/config/build.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/control/evidence_desk.h"
#include "dnsd/control/serial_executor.h"
#include "dnsd/control/serving.h"
#include "dnsd/liveness/verdicts.h"
#include "dnsd/serve/snapshot.h"
#include "dnsd/store/store.h"

namespace waypost::control {

class Publisher {
 public:
  Publisher(store::Store& store, const Clock& clock, EventBus& events, SerialExecutor& background);
  ~Publisher();

  const SnapshotCell<serve::Snapshot>& cell() const { return cell_; }
  std::shared_ptr<const Serving> serving() const;

  /// Takes back the last verdicts of a former life. Call before the first Publish.
  Status Restore();

  /// When it returns, the next query of every worker is answered by this.
  void Publish(uint64_t revision, std::shared_ptr<const config::Built> built,
               std::shared_ptr<const geo::ClientMap> clients);
  /// The same configuration with another client map.
  void PublishClients(std::shared_ptr<const geo::ClientMap> clients);

  /// The board that this configuration would have if it were published now.
  std::shared_ptr<liveness::Board> BoardIfServed(const config::Built& built);

  /// Runs `task(verdicts, desk)` on the control thread and returns its result.
  template <typename Function>
  auto OnControl(Function task) {
    return control_.Ask(
        [this, task = std::move(task)]() mutable { return task(*verdicts_, desk_); });
  }
  /// The same without waiting; false: too much is waiting there already.
  bool PostToControl(std::function<void(EvidenceDesk&)> task);
  /// The same for what must not be lost (SerialExecutor::PostAlways).
  void PostAlwaysToControl(std::function<void(EvidenceDesk&)> task);

  /// Something changed that must outlive the process, and is no verdict.
  void RememberSoon();

  /// Where the workers stand (serve::Server::oldest_generation), so that old snapshots are kept
  /// until they moved on.
  void SetWorkerGeneration(std::function<uint64_t()> oldest);

  /// Writes the last verdicts to the store, durably, and ends the control thread. Idempotent.
  void Stop();

  uint64_t verdict_changes() const { return verdict_changes_.load(std::memory_order_relaxed); }
  uint64_t state_write_failures() const {
    return state_write_failures_.load(std::memory_order_relaxed);
  }
  uint64_t refused_tasks() const { return control_.refused(); }

 private:
  // On the control thread.
  void Tick();
  void Install(std::shared_ptr<const Serving> next);
  void Reconfigure();
  /// Those whose time is over.
  void EndOverrides();
  SerialExecutor::Task OnDesk(std::function<void(EvidenceDesk&)> task);
  void AnnounceVerdicts();
  void AnnounceNews();
  void Remember(bool durable);
  void FreeRetired();

  std::shared_ptr<liveness::Board> BoardFor(const config::Built& built) const;
  std::vector<uint16_t> SlotsFor(const steer::Topology& topology);

  store::Store& store_;
  const Clock& clock_;
  EventBus& events_;
  SerialExecutor& background_;

  SnapshotCell<serve::Snapshot> cell_;
  mutable std::mutex mutex_;  // guards serving_
  std::shared_ptr<const Serving> serving_;
  std::atomic<uint64_t> verdict_changes_{0};
  std::atomic<uint64_t> state_write_failures_{0};

  // Owned by the control thread.
  std::unique_ptr<liveness::Verdicts> verdicts_;
  EvidenceDesk desk_;
  std::unordered_map<std::string, uint16_t> slots_;
  std::function<uint64_t()> oldest_generation_;
  std::vector<std::pair<uint64_t, std::shared_ptr<const serve::Snapshot>>> retired_;
  Wall next_override_end_ = Wall::max();
  bool has_news_to_remember_ = false;
  uint64_t remembered_arrivals_ = 0;
  Steady last_remembered_;

  SerialExecutor control_;  // last, so that it ends first
};

}  // namespace waypost::control
