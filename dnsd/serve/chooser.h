// A worker's way to the decision function: knows whose address counts as the client, draws the
// random numbers, counts and now and then times.
//
// Thread safety: one thread. Ownership: the tally must outlive it. Nothing allocates.
#pragma once

#include <array>
#include <cstdint>

#include "dnsd/base/ip.h"
#include "dnsd/base/random.h"
#include "dnsd/serve/snapshot.h"
#include "dnsd/serve/tally.h"
#include "dnsd/steer/decide.h"
#include "dnsd/wire/edns.h"

namespace waypost::serve {

/// The one decision function, or a test's stand-in.
using Decider = decltype(&steer::Decide);

class Chooser {
 public:
  Chooser(Decider decide, uint64_t seed, Tally& tally) noexcept
      : decide_(decide), random_(seed), tally_(tally) {}

  steer::Decision Choose(const Snapshot& snapshot, const steer::Record& record, steer::Want want,
                         const steer::Client& client) noexcept;

 private:
  steer::Decision Timed(const steer::Record& record, steer::Want want, const steer::Client& client,
                        const steer::World& world, const steer::Draw& draw) noexcept;

  const Decider decide_;
  Random random_;
  Tally& tally_;
  /// By Want, so that a client's pair of A and AAAA queries does not always meet the same pools.
  std::array<uint64_t, steer::kWants> sequences_{};
};

}  // namespace waypost::serve
