// Failback holds: a pool that went down and came up again waits, for a time or for an operator,
// before a failover step prefers it.
//
// A hold begins when its pool goes down: when all endpoints are down, forced down or drained. The
// board's bit is set from that moment, so that no query sees the pool up and not yet held. It ends
// when the pool has been up without a break for the hold's delay, or, if manual, by Release. An
// operator who undrains a pool or takes a forced state back makes it come up like any other cause:
// a manual hold waits for Release all the same. A pool that never went down is not held.
//
// Thread safety: one thread. Time is passed in. Errors: unknown ids are ignored.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/layout.h"

namespace waypost::liveness {

class Holds {
 public:
  /// Id -> seconds for which the pool had been up again; the delay goes on from there.
  using Memory = std::map<std::string, int64_t>;

  /// Before Configure: the holds of a former life.
  void Restore(Memory memory) { restored_ = std::move(memory); }
  Memory Remember(Steady now) const;

  /// Holds that stay keep their state, by id. `board` gets all bits and must outlive this, or the
  /// next Configure.
  void Configure(std::vector<HoldSpec> specs, size_t pools, Board& board, Steady now);

  /// Tells whether a pool is up; true: a bit on the board changed.
  bool PoolIs(uint32_t pool, bool up, Steady now);
  /// Ends the holds whose delay is over; true: a bit on the board changed.
  bool Tick(Steady now);
  /// Ends the holds of these whose pools are up; returns them.
  std::vector<std::string> Release(const std::vector<std::string>& ids);

  /// Ids of holds whose pools are up and wait.
  std::vector<std::string> Held() const;

 private:
  struct Hold {
    HoldSpec spec;
    bool active = false;
    bool pool_up = true;
    Steady up_since{};
  };

  std::map<std::string, Hold> TakeFormer();
  void Set(uint32_t index, bool active);

  Board* board_ = nullptr;
  std::vector<Hold> holds_;
  std::vector<std::vector<uint32_t>> by_pool_;
  std::set<uint32_t> active_;
  Memory restored_;
};

}  // namespace waypost::liveness
