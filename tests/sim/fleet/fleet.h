// A whole fleet in virtual time: the production evidence desks and verdicts of many directors, and
// the production detection, rosters and outboxes of many vantages, with every message written and
// read as protobuf. Only sockets, probes and gRPC are missing: endpoints answer, refuse or hang as
// told, and messages arrive after a delay.
//
// Costs are those of a director: octets of the messages, and the processor time of its own calls,
// by the thread's clock, so that what else runs on the machine does not count.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/config/build.h"
#include "tests/sim/fleet/desk.h"
#include "tests/sim/fleet/outpost.h"

namespace waypost::sim {

struct FleetSize {
  size_t directors = 20;
  size_t vantages = 10;
  size_t pools = 20;
  size_t endpoints_per_pool = 100;
  uint32_t watchers = 0;  // of each endpoint; 0: all
  std::chrono::milliseconds interval{5000};
};

/// Of one director, per second.
struct Cost {
  double octets_in = 0;
  double octets_out = 0;
  double cpu_ms = 0;
};

class Fleet {
 public:
  explicit Fleet(const FleetSize& size);

  void Run(std::chrono::milliseconds time);
  /// All endpoints of a pool live or die; in every other one probes hang instead of being refused.
  void Set(size_t pool, bool up);
  /// Runs until every director's board has all of the pool's endpoints up or down; the time that it
  /// took, at most `limit`.
  std::chrono::milliseconds RunUntil(size_t pool, bool up, std::chrono::milliseconds limit);
  /// Of the mean director, over the time since the last call.
  Cost TakeCost();
  /// What the vantage with the most has been assigned by one director.
  size_t MostAssigned() const;

 private:
  static constexpr std::chrono::milliseconds kStep{5};

  void Step();
  bool Holds(const Desk& desk, size_t pool, bool up) const;

  const FleetSize size_;
  VirtualClock clock_;
  std::shared_ptr<const config::Built> built_;
  std::set<IpAddress> dead_;
  std::vector<std::unique_ptr<Desk>> desks_;
  std::vector<std::unique_ptr<Outpost>> outposts_;
  Steady cost_since_;
  Cost taken_;  // sums of all directors until then
};

}  // namespace waypost::sim
