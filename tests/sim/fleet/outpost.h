// A vantage of a simulated fleet: production rosters, detection and outboxes around probes whose
// outcomes are given. It sends as healthd/report does: changes within 5 ms, all else every half
// second.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "healthd/detect/detector.h"
#include "healthd/detect/rhythm.h"
#include "healthd/report/outbox.h"
#include "healthd/report/roster.h"
#include "tests/sim/fleet/desk.h"

namespace waypost::sim {

class Outpost {
 public:
  Outpost(const VirtualClock& clock, std::string name, std::string region, uint64_t seed);

  /// Streams to a director from now on.
  void Connect(Desk& desk);
  /// Ends the probes that are due and begins others, delivers what has arrived, sends what is due.
  void Step(const std::set<IpAddress>& dead);

 private:
  struct Line {
    Desk* desk = nullptr;
    std::chrono::milliseconds delay{};
    report::Outbox outbox;
    bool assigned = false;
    Steady due{};
    std::queue<std::pair<Steady, std::string>> to_director, to_vantage;
  };
  struct Task {
    Task(const probe::Spec& spec_, Steady start)
        : spec(spec_),
          detector({spec.rise, spec.fall, spec.forget}),
          rhythm({spec.interval, spec.backoff_after, spec.backoff_max}),
          started(start) {}

    const probe::Spec& spec;
    detect::Detector detector;
    detect::Rhythm rhythm;
    Steady started;
    uint64_t sequence = 0;
  };
  struct Due {
    Steady when;
    schedule::WatchId watch = 0;
    bool ends = false;  // a probe that runs, else the next begins
    bool succeeds = false;
    bool operator>(const Due& other) const { return when > other.when; }
  };

  void Assign(size_t director, const std::string& octets);
  void Begin(const Due& due, const std::set<IpAddress>& dead);
  void End(const Due& due);
  void Note(schedule::WatchId watch, const schedule::Sighting& sighting);
  void StepLine(size_t director);

  const VirtualClock& clock_;
  v1::Hello hello_;
  Random random_;
  std::vector<std::unique_ptr<Line>> lines_;
  report::Roster roster_;
  report::WatchList wanted_;
  report::Table table_;
  std::map<schedule::WatchId, Task> tasks_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace waypost::sim
