// The life of a change: validate everything, build, commit, publish. And what changes without a
// revision: geo databases, measured latency.
//
// Thread safety: one thread, the builder (an executor that the caller owns); publishing hands over
// to the control thread. Errors: a change that is refused says every reason in ApplyReply.problems
// and leaves everything as it was; a Status is for what is wrong besides (revision conflict, disk).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"
#include "dnsd/config/build.h"
#include "dnsd/control/change_set.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/control/geo_keeper.h"
#include "dnsd/control/loading.h"
#include "dnsd/control/publisher.h"
#include "dnsd/control/transfer_desk.h"
#include "dnsd/control/updates.h"
#include "dnsd/store/store.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

struct LoadReport {
  Problems problems;
  bool refused = false;                      // nothing was applied
  std::vector<std::string> zones_set_aside;  // faulty: what was served before is served on
  std::vector<std::string> zones_faulty;     // and never were sound: SERVFAIL is answered
};

class Changes {
 public:
  Changes(store::Store& store, Publisher& publisher, GeoKeeper& geo, EventBus& events,
          TransferDesk& transfers, const Clock& clock)
      : store_(store),
        publisher_(publisher),
        geo_(geo),
        events_(events),
        transfers_(transfers),
        clock_(clock),
        file_memory_(store) {}

  /// Serves what the store holds, with these contents of zones that have primaries; one that cannot
  /// be served with it any more is left out.
  /// `listers`: as they were before (ListedBy).
  Status Start(const config::Contents& contents = {}, const config::ListersByZone& listers = {});
  /// The catalog that lists this zone; empty: it is declared, or there is none.
  std::string ListedBy(const std::string& origin) const;
  /// Serves the same configuration with other contents. By origin: why one is not served.
  std::map<std::string, Problems> Refill(const config::Contents& contents);
  /// Called on the builder with each configuration that is published, and where its zones changed
  /// with a catalog. Call before Start.
  using Observer = std::function<void(std::shared_ptr<const config::Built>)>;
  void SetObserver(Observer observer) { observer_ = std::move(observer); }
  /// Commits what changed in the files since they were last loaded; what operators changed
  /// meanwhile stays. Zones with errors in their text are set aside; with any other error, or if no
  /// zone would be sound, nothing is applied. Files that did not change are not read again.
  /// `zones`: only what these say, where that can be told without a look at all files.
  Result<LoadReport> Load(const std::vector<std::string>& paths,
                          const std::vector<std::string>& zones = {});

  /// Those of the last Load that was not refused. Any thread.
  std::vector<std::string> zones_set_aside() const;

  /// What is declared now.
  std::shared_ptr<const config::Built> built() const { return built_; }

  Status Apply(const v1::ApplyRequest& request, v1::ApplyReply& reply);
  /// Commits these resources instead of the present ones; the revision.
  Result<uint64_t> Replace(config::ResourceSet resources, const v1::Intent& intent);
  Status Rollback(const v1::RollbackRequest& request, v1::ApplyReply& reply);
  Status SetWeight(const v1::SetWeightRequest& request, v1::ApplyReply& reply);
  Status SetOverride(const v1::SetOverrideRequest& request, v1::ApplyReply& reply);
  Status ClearOverride(const v1::ClearOverrideRequest& request, v1::ApplyReply& reply);
  /// The rcode to reply with. NOERROR: committed, or nothing was to be done.
  uint16_t Update(const UpdateOrder& order);
  Status ImportLatency(const v1::ImportLatencyRequest& request, v1::ImportLatencyReply& reply);

  /// Opens geo databases anew whose files changed.
  void RefreshGeo();
  /// Takes over the times between regions that vantages saw, when they moved by more than a fifth.
  void RefreshRegionRtts();
  /// Forgets history older than `age`.
  Status Compact(std::chrono::hours age);

 private:
  /// What was stored of these zones cannot be served any more.
  void TellFaulty(const Faults& faults);
  /// `files`: what is known of them; `is_all`: nobody else declares anything.
  Result<LoadReport> CommitFiles(config::Parsed parsed, bool is_all, config::KnownFiles& files);
  void NoteSetAside(const Wish& wish, bool is_all, const LoadReport& report);
  Status CheckExpected(const v1::Intent& intent) const;
  Status Commit(ChangeSet change, const v1::Intent& intent, v1::ApplyReply& reply);
  /// What was committed, raised serials included.
  Result<std::vector<ResourceChange>> Install(std::vector<ResourceChange> changes,
                                              std::shared_ptr<const config::Built> built,
                                              const v1::Intent& intent);
  /// Null: refused.
  std::shared_ptr<const config::Built> BuildSoundZones(ChangeSet& change, Faults& faults,
                                                       LoadReport& report) const;
  Status CommitSet(Result<config::ResourceSet> next, const v1::Intent& intent,
                   v1::ApplyReply& reply);
  /// Members of catalogs that are not served, where that is news.
  void TellIgnored(const config::Built& before, const config::Built& now);
  void Publish(uint64_t revision, std::shared_ptr<const config::Built> built);
  void PublishClients();
  /// Keys that cannot be read are told as events.
  void ReloadKeys(const config::ResourceSet& resources);
  Status KeepLatency(const geo::LatencyTable& table);

  store::Store& store_;
  Publisher& publisher_;
  GeoKeeper& geo_;
  EventBus& events_;
  TransferDesk& transfers_;
  const Clock& clock_;
  Observer observer_;
  FileMemory file_memory_;
  std::shared_ptr<const config::Built> built_;
  config::KnownFiles known_files_;  // as they were loaded
  mutable std::mutex mutex_;        // guards zones_set_aside_
  std::vector<std::string> zones_set_aside_;
};

}  // namespace waypost::control
