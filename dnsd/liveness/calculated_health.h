// Health that is calculated: pools that need others, and regions that are made of their pools.
//
// A pool is satisfied while one of its endpoints is usable by its own rules and enough of what it
// needs is up; a region while enough of its pools are satisfied, and of what it needs. A pool is
// taken out while it lacks what it needs or its region is down. A region's state never makes its
// own pools less satisfied, so the calculation has one result; other cycles are refused with the
// configuration.
//
// Cost: nothing without rules; else each change looks at all rules.
// Thread safety: one thread. Errors: indices are compiled and trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace waypost::liveness {

/// k of n; pools, regions and signals by index.
struct Needs {
  std::vector<uint32_t> pools;
  std::vector<uint32_t> regions;
  std::vector<uint32_t> signals;
  uint32_t at_least = 0;  // 0: there are no needs

  bool empty() const { return at_least == 0; }
};

struct RegionSpec {
  std::string name;
  double capacity = 0;  // 0: not known
  uint32_t min_pools_up = 0;
  Needs needs;

  bool has_rule() const { return min_pools_up > 0 || !needs.empty(); }
};

class CalculatedHealth {
 public:
  struct PoolRule {
    std::string name;
    uint32_t region = 0;
    Needs needs;
  };
  struct State {
    bool up = true;
    std::string why;  // where it is down
  };

  void Configure(std::vector<PoolRule> pools, std::vector<RegionSpec> regions,
                 std::vector<std::string> signals);

  /// Whether one of its endpoints is usable by the pool's own rules.
  void PoolIs(uint32_t pool, bool usable);
  void SignalIs(uint32_t signal, bool up);
  /// Applies what was told; the pools that were taken out or let in.
  std::vector<uint32_t> Update();

  bool has_rules() const { return has_rules_; }
  bool IsTakenOut(uint32_t pool) const { return pool < taken_out_.size() && taken_out_[pool]; }
  /// Why a pool is taken out; empty: it is not.
  std::string Why(uint32_t pool) const;
  /// Of a region with a rule; as of the last Update.
  std::optional<State> StateOf(uint32_t region) const;

 private:
  uint32_t CountUp(const Needs& needs) const;
  bool IsMet(const Needs& needs) const { return CountUp(needs) >= needs.at_least; }
  uint32_t PoolsUp(uint32_t region) const;
  std::string Lack(const Needs& needs) const;
  bool Recalculate();

  std::vector<PoolRule> pools_;
  std::vector<RegionSpec> regions_;
  std::vector<std::string> signal_names_;
  std::vector<std::vector<uint32_t>> pools_of_;  // by region
  bool has_rules_ = false;
  bool is_stale_ = false;

  std::vector<bool> usable_, satisfied_, taken_out_;  // pools
  std::vector<bool> region_up_, signal_up_;
};

}  // namespace waypost::liveness
