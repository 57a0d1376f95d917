// Bounds of what moves by itself: a pool that lost its last usable endpoint leaves only as fast,
// and only when, its automation allows.
//
// The rules, in this order, for each pool that is leaving, the one that was lost first before
// others:
//   lifted        an operator said so: it is out at once
//   paused        an operator said so: nothing moves
//   min_regions   its region would go, and too few others have a pool in use. Regions on their way
//                 out count as gone
//   cool_down     the last move was away from another region, and not long enough ago
//   headroom      the load that its region had when it was lost does not fit into what the other
//                 regions have free; not looked at where a load or a capacity is not known
//   max_shift     what moved in the last minute, which is any minute, may come to so much of the
//                 covered weight. A pool moves as far as that allows, and goes on when what moved
//                 before is a minute old
// What an operator takes out is no move; what is up again is in use at once.
//
// Thread safety: one thread. Time is passed in. Errors: none.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnsd/base/clock.h"

namespace waypost::liveness {

struct AutomationSpec {
  enum class Mode : uint8_t { kBound, kLifted, kPaused };
  struct Member {
    uint32_t pool = 0;
    uint32_t region = 0;
    double weight = 0;
  };

  std::string name;  // carried over by it
  std::vector<Member> members;
  double max_shift = 0;  // share of the weight a minute; 0: no bound
  uint32_t min_regions = 0;
  std::chrono::milliseconds cool_down{0};
  std::optional<double> headroom;  // share of the capacity that stays free
  Mode mode = Mode::kBound;
};

/// What is known of a region's load, in any unit.
struct RegionLoad {
  std::string name;
  double capacity = 0;  // 0: not known
  std::optional<double> load;
};

/// How a pool would stand without bounds.
enum class Course : uint8_t {
  kOn,
  kLost,      // by evidence
  kTakenOut,  // by an operator
};

enum class Bound : uint8_t { kNone, kMaxShift, kMinRegions, kCoolDown, kHeadroom, kPaused };
/// As in the schema, such as max_shift.
std::string_view BoundName(Bound bound);

/// What was moved lately, which counts for what may move next.
struct PastMoves {
  std::deque<std::pair<Steady, double>> moved;  // what of the weight, in the last minute
  std::optional<Steady> last;
  std::string from;  // region of the last one, which may be gone
};

/// A pool that is leaving.
struct Leaving {
  uint32_t pool = 0;
  uint32_t region = 0;
  Bound bound = Bound::kNone;
  uint8_t kept = 0;  // of 255: its clients that have not moved
  Steady since{};
};

class Automation {
 public:
  static constexpr uint8_t kWhole = 255;
  /// A move shows on the board in so many steps.
  static constexpr int kSteps = 20;

  explicit Automation(AutomationSpec spec) : spec_(std::move(spec)) { Prepare(); }

  const AutomationSpec& spec() const { return spec_; }

  /// What is under way goes on under another configuration. `former_pool(pool)`: its index there.
  template <typename FormerPool>
  void TakeOver(const Automation& former, FormerPool former_pool);
  /// A move of a former life: this share of the clients has not moved yet. Before PoolIs.
  void Resume(uint32_t pool, double kept);
  /// The moves of a former life.
  void Resume(PastMoves past) { past_ = std::move(past); }
  const PastMoves& past() const { return past_; }

  void PoolIs(uint32_t pool, Course course, Steady now);
  /// Moves what may move. Returns the pools that look otherwise now.
  std::vector<uint32_t> Advance(const std::vector<RegionLoad>& regions, Steady now);

  // As of the last Advance.

  std::optional<Leaving> Find(uint32_t pool) const;
  std::vector<Leaving> All() const;
  /// Of 1: what is kept of a pool, exactly; 0: it is not leaving.
  double KeptOf(uint32_t pool) const;
  /// Some pool is leaving.
  bool IsMoving() const;
  /// In words, with the numbers; empty: it is not held back.
  std::string Why(uint32_t pool, const std::vector<RegionLoad>& regions, Steady now) const;
  /// Share of the weight that may move now.
  double Budget(Steady now) const;
  Steady::duration CoolDownLeft(Steady now) const;
  /// Regions that are covered, and those that have a pool in use.
  uint32_t RegionCount() const;
  uint32_t RegionsInUse() const;
  /// With headroom: regions in use of which load or capacity is not known.
  std::vector<std::string> UnknownLoads(const std::vector<RegionLoad>& regions) const;

 private:
  enum class Phase : uint8_t { kUnknown, kOn, kLeaving, kOut };
  struct Pool {
    AutomationSpec::Member member;
    double share = 0;  // of the covered weight
    Phase phase = Phase::kUnknown;
    double kept = 1;
    Steady since{};
    Bound bound = Bound::kNone;
    std::optional<double> load;  // of its region when it was lost
  };
  struct Room {
    double needed = 0;
    std::optional<double> free;  // unset: not known
  };

  void Prepare();
  Pool* FindPool(uint32_t pool);
  const Pool* FindPool(uint32_t pool) const;
  uint8_t Shown(const Pool& pool) const;
  bool HasOn(uint32_t region) const;
  bool IsRegionOn(uint32_t region) const;
  bool IsInUse(uint32_t region) const;
  /// Regions on but for this one.
  uint32_t OthersOn(uint32_t region) const;
  Room RoomFor(const Pool& pool, const std::vector<RegionLoad>& regions) const;
  Bound WhatHolds(const Pool& pool, const std::vector<RegionLoad>& regions, Steady now) const;
  void Spend(double share, Steady now);
  void Move(Pool& pool, const std::vector<RegionLoad>& regions, Steady now);

  AutomationSpec spec_;
  std::vector<Pool> pools_;  // by index of the pool
  std::set<uint32_t> regions_;
  std::set<uint32_t> going_;  // regions that may go as a whole
  PastMoves past_;
};

template <typename FormerPool>
void Automation::TakeOver(const Automation& former, FormerPool former_pool) {
  past_ = former.past_;
  for (Pool& pool : pools_) {
    const std::optional<uint32_t> index = former_pool(pool.member.pool);
    const Pool* before = index ? former.FindPool(*index) : nullptr;
    if (before == nullptr) continue;
    const AutomationSpec::Member member = pool.member;
    const double share = pool.share;
    pool = *before;
    pool.member = member;
    pool.share = share;
    // Regions have other numbers, and are known by their pools.
    if (former.going_.contains(before->member.region)) going_.insert(member.region);
  }
}

}  // namespace waypost::liveness
