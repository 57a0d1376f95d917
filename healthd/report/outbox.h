// What one director has not been told yet.
//
// It holds which watches have news, not the news: a report is made from the table at the moment of
// sending, so whatever happens while the director is slow collapses to the latest per target,
// memory is bounded by the assignment, and nothing that changed can be missed.
//
// Thread safety: one thread. Pure: the time is passed in.
#pragma once

#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "healthd/report/roster.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::report {

/// The latest sighting of everything that is watched and was seen.
using Table = std::unordered_map<WatchId, schedule::Sighting>;

class Outbox {
 public:
  /// Observations in one report: about 1 MiB of the 4 MiB that gRPC takes by default. A larger
  /// table goes in several reports, of which only the first is `full`.
  static constexpr int kMaxObservations = 5000;

  /// A new assignment: the next report is a full one about `targets`.
  void Reset(uint64_t generation, const std::vector<AssignedTarget>& targets, const Table& table);
  /// There is news about `watch`; ignored where this director did not assign it.
  bool Note(WatchId watch);
  /// What every report says from now on.
  void SetDoubt(v1::Doubt doubt) { doubt_ = std::move(doubt); }
  /// The next report. What it says counts as told.
  v1::Report Take(const Table& table, Steady now);
  /// Some news is left untold.
  bool has_news() const { return !order_.empty(); }

 private:
  uint64_t generation_ = 0;
  bool full_ = true;
  v1::Doubt doubt_;
  std::unordered_map<WatchId, std::vector<uint32_t>> targets_;
  std::deque<WatchId> order_;  // of what has news, oldest first, each once
  std::unordered_set<WatchId> queued_;
};

v1::Observation ToObservation(uint32_t target, const schedule::Sighting& sighting, Steady now);

}  // namespace waypost::report
