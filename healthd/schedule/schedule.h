// Probes every watched target at its interval, and tells a listener what was seen.
//
// Held targets have a connection that stays, and are seen whenever that has news.
//
// The first probe starts at once; at most `max_concurrent` run at a time, and targets that are due
// wait their turn in the order in which they became due, each at most once, so none starves and the
// queue is no longer than the watch list. Probes of one target take turns, but for a second one
// beside one that is overdue (detect/turns.h); these start only while less than half of the places
// are taken, so that they keep nobody waiting.
//
// Thread safety: one thread, the one that runs the io_context. Ownership: the prober and the
// io_context must outlive it. Errors: a probe that this machine could not run (conclusive is false)
// counts for nothing and is tried again at the interval; figures count it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "dnsd/base/random.h"
#include "healthd/probe/prober.h"
#include "healthd/schedule/sighting.h"

namespace waypost::schedule {

/// What to probe.
using WatchList = std::map<WatchId, std::shared_ptr<const probe::Spec>>;

struct Figures {
  size_t targets = 0;
  size_t running = 0;
  size_t waiting = 0;
  /// Connections that are kept, or being made to be.
  size_t held = 0;
  uint64_t started = 0;
  /// Of these, beside another of the same target.
  uint64_t beside = 0;
  /// Probes that this machine could not run.
  uint64_t inconclusive = 0;
};

class Schedule {
 public:
  /// Default of max_concurrent: a thousand sockets fit the usual limit of 1024 descriptors nearly
  /// always, because few probes last long; more of them slow down everything that is due.
  static constexpr size_t kMaxConcurrent = 1000;

  /// Default of max_held: each is a descriptor and some kilobytes.
  static constexpr size_t kMaxHeld = 10'000;

  struct Options {
    size_t max_concurrent = kMaxConcurrent;
    /// Connections that are kept at a time; a held target beyond them is probed at its interval
    /// by connecting anew.
    size_t max_held = kMaxHeld;
    uint64_t seed = 0;
  };
  using Listener = std::function<void(WatchId, const Sighting&)>;

  Schedule(boost::asio::io_context& io, probe::Prober& prober, Options options, Listener listener);
  ~Schedule();
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  /// Replaces what is watched: starts what is new, stops what is gone (also a probe that runs),
  /// leaves alone what stays. An id always stands for the same spec.
  void Watch(const WatchList& wanted);

  /// Forgets what was seen of all targets but those that are held to be up without a failure since,
  /// and looks at them anew, at once, as if they were new. Returns which. Not from the listener.
  std::vector<WatchId> LookAnew();

  /// Does not wait for the next interval of what is idle now. Does nothing while targets wait for
  /// their turn.
  void LookNow();

  Figures figures() const;

 private:
  struct Task;

  void Remove(Task& task);
  void Add(WatchId id, std::shared_ptr<const probe::Spec> spec, size_t count);
  void StartAt(const std::shared_ptr<Task>& task, Steady when);
  void Due(const std::shared_ptr<Task>& task);
  bool HasPlaceBeside() const;
  void Hold(const std::shared_ptr<Task>& task);
  void Begin(const std::shared_ptr<Task>& task);
  void End(const std::shared_ptr<Task>& task, size_t slot, const probe::Outcome& outcome);
  void BeginWaiting();
  Sighting SightingOf(Task& task, const probe::Outcome& outcome, bool changed, Steady ended);

  boost::asio::io_context& io_;
  probe::Prober& prober_;
  const Options options_;
  const Listener listener_;
  Random random_;
  std::map<WatchId, std::shared_ptr<Task>> tasks_;
  std::deque<std::weak_ptr<Task>> waiting_;
  Figures figures_;
};

}  // namespace waypost::schedule
