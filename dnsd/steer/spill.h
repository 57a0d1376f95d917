// `spill`: takes clients away from pools that are filling up, to those behind.
//
// Up to `at` per cent of its capacity a pool keeps all of its clients, from `full` on none, and in
// between the share that moves on grows evenly. What a client moves on from is put behind all
// others, and their order stays: the next tier, the next nearest, or the others of the same group.
// Which clients move on is a hash of their network and the pool's name: a client that moved on
// stays away while the pool is as full, and others follow when it fills further. A pool of which no
// load is known keeps its clients; where a client would move on from all, all stay as they were.
//
// Thread safety: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class SpillStep;
}

namespace waypost::steer {

class StepParser;

class Spill {
 public:
  static constexpr std::string_view kName = "spill";
  /// Seed of the clients' hash, so that who moves on first has nothing to do with who hashes where.
  static constexpr uint64_t kSeed = 0x7370696C6C;

  static Spill Parse(const v1::SpillStep& message, const StepParser& parser);

  bool Matters(std::span<const PoolIndex> candidates) const { return candidates.size() > 1; }
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  /// Of the pool's clients, those that move on, of 1.
  float ShareMoving(PoolIndex pool, const StepContext& context) const;
  bool MovesOn(PoolIndex pool, const StepContext& context) const;

  float at_ = 0;  // of 1
  float full_ = 0;
  std::vector<uint64_t> names_;  // HashName, by pool
};

}  // namespace waypost::steer
