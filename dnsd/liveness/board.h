// The liveness board: what every decision must know about health and weight right now, as flat
// arrays of words.
//
// The control thread is the only writer; workers read with relaxed loads. A word is written in one
// store, so a reader sees it whole; different words may be seen at different moments, which a
// decision tolerates (it only ever picks by what a word says). Answers are compiled from intent and
// never rebuilt for health: a flip is one store per endpoint and one per pool.
//
// Combine rule. An endpoint's standing is, in this order: drained (itself, its pool or its region)
// > forced (endpoint, else pool, else region) > unmonitored > verdict; then the rules of its pool
// (pool_table.h). A pool's word is the union
// of its endpoints' standings, per address family, as bit sets (bit s: some endpoint has standing
// s); so "has this pool an endpoint that this policy counts as up" is one AND with the policy's own
// set of standings. Its weight is 0 when all its endpoints have weight 0 in effect. Its load stands
// in a word of its own, which only the steps read that ask for it.
//
// Thread safety: as above. Errors: none; indices are compiled and trusted.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/liveness/load.h"

namespace waypost::liveness {

enum class Standing : uint8_t {
  kUnmonitored,  // has no monitor: counts as up
  kUp,
  kDown,
  kStaleUp,  // the verdict was up; no fresh evidence any more
  kStaleDown,
  kNoData,  // never had a verdict
  kLastUp,  // no verdict since this process started; it was up before
  kLastDown,
  kForcedUp,
  kForcedDown,
  kDrained,
  kPanic,  // down, and used all the same: too few of its pool are up (pool_health.h)
  kShort,  // up, and not used: too few of its pool are up
  kHeld,   // not usable, and answered to those clients that have not moved yet (automation.h)
};
inline constexpr int kStandings = 14;

/// A set of standings, bit s for standing s.
using StandingSet = uint16_t;
constexpr StandingSet Bit(Standing s) {
  return static_cast<StandingSet>(1U << static_cast<unsigned>(s));
}

struct EndpointWord {
  Standing standing = Standing::kNoData;
  // Share of the decisions that may name it, of 255 (slow start); of the clients of a pool that is
  // kHeld, the same for all of its endpoints.
  uint8_t ramp = 255;
  uint16_t weight = 100;        // in effect, the ramp already applied
  uint16_t ttl_cap_s = 0xFFFF;  // seconds in which the verdict could change at the earliest
};

struct PoolWord {
  StandingSet v4 = 0;  // endpoints with IPv4 addresses, or with names (cname)
  StandingSet v6 = 0;
  uint16_t weight = 100;
  uint16_t ttl_cap_s = 0xFFFF;  // least of the endpoints'
};

/// Which endpoints belong to which pool.
struct BoardLayout {
  struct Pool {
    uint32_t first = 0;  // its endpoints are [first, first + v4 + v6), IPv4 and names before IPv6
    uint16_t v4 = 0;
    uint16_t v6 = 0;
  };
  std::vector<Pool> pools;
  uint32_t endpoints = 0;
  uint32_t records = 0;  // places for pins
  uint32_t holds = 0;    // places for failback holds
};

class Board {
 public:
  static constexpr uint16_t kNoPin = 0xFFFF;

  explicit Board(BoardLayout layout);

  EndpointWord endpoint(uint32_t index) const noexcept {
    return Unpack(endpoints_[index].load(std::memory_order_relaxed));
  }
  PoolWord pool(uint32_t index) const noexcept {
    return UnpackPool(pools_[index].load(std::memory_order_relaxed));
  }
  /// Pool that an operator's `failover RECORD --to POOL` names, or kNoPin.
  uint16_t pin(uint32_t record) const noexcept {
    return pins_[record].load(std::memory_order_relaxed);
  }
  /// True: this pool is up again but waits (for a delay or an operator) before failover prefers it.
  bool held(uint32_t hold) const noexcept {
    return holds_[hold].load(std::memory_order_relaxed) != 0;
  }
  /// How much the pool has to do (load_table.h).
  Load load(uint32_t pool) const noexcept {
    return std::bit_cast<Load>(loads_[pool].load(std::memory_order_relaxed));
  }
  /// Raised by every change; decisions of equal epoch see equal words once the writer is done.
  uint64_t epoch() const noexcept { return epoch_.load(std::memory_order_acquire); }
  const BoardLayout& layout() const noexcept { return layout_; }

  // Writers: the control thread only.

  /// Stores the endpoint's word; the pool's word follows at the next CombinePool.
  void SetEndpoint(uint32_t index, EndpointWord word) noexcept;
  /// Recomputes a pool's word from its endpoints; `weight`: the pool's own, in effect.
  void CombinePool(uint32_t index, uint16_t weight) noexcept;
  void SetLoad(uint32_t pool, Load load) noexcept;
  void SetPin(uint32_t record, uint16_t pool) noexcept;
  void SetHold(uint32_t hold, bool held) noexcept;
  void RaiseEpoch(uint64_t to) noexcept { epoch_.store(to, std::memory_order_release); }

  static constexpr uint64_t Pack(EndpointWord w) {
    return static_cast<uint64_t>(w.standing) | static_cast<uint64_t>(w.ramp) << 8 |
           static_cast<uint64_t>(w.weight) << 16 | static_cast<uint64_t>(w.ttl_cap_s) << 32;
  }
  static constexpr EndpointWord Unpack(uint64_t w) {
    return {static_cast<Standing>(w & 0xFF), static_cast<uint8_t>(w >> 8),
            static_cast<uint16_t>(w >> 16), static_cast<uint16_t>(w >> 32)};
  }
  static constexpr uint64_t Pack(PoolWord w) {
    return static_cast<uint64_t>(w.v4) | static_cast<uint64_t>(w.v6) << 16 |
           static_cast<uint64_t>(w.weight) << 32 | static_cast<uint64_t>(w.ttl_cap_s) << 48;
  }
  static constexpr PoolWord UnpackPool(uint64_t w) {
    return {static_cast<StandingSet>(w), static_cast<StandingSet>(w >> 16),
            static_cast<uint16_t>(w >> 32), static_cast<uint16_t>(w >> 48)};
  }

 private:
  BoardLayout layout_;
  std::vector<std::atomic<uint64_t>> endpoints_;
  std::vector<std::atomic<uint64_t>> pools_;
  std::vector<std::atomic<uint64_t>> loads_;  // by pool, as Load
  std::vector<std::atomic<uint16_t>> pins_;
  std::vector<std::atomic<uint8_t>> holds_;
  std::atomic<uint64_t> epoch_{0};
};

}  // namespace waypost::liveness
