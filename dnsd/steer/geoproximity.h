// `geoproximity`: orders by distance from the client, bent by a bias per region.
//
// The rule is the one that Amazon Route 53 documents for its geoproximity routing ("How Amazon
// Route 53 uses bias to route traffic", Route 53 Developer Guide):
//   positive bias: biased distance = actual distance x (1 - bias / 100)
//   negative bias: biased distance = actual distance / (1 + bias / 100)
// so +50 halves the distance to a region, and -50 doubles it. Where the client's place is unknown
// all are equal; a region of unknown place comes last.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class GeoproximityStep;
}

namespace waypost::steer {

class StepParser;

class Geoproximity {
 public:
  static constexpr std::string_view kName = "geoproximity";

  static Geoproximity Parse(const v1::GeoproximityStep& message, const StepParser& parser);

  bool Matters(std::span<const PoolIndex> candidates) const;
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  struct Site {
    RegionIndex region = 0;
    bool placed = false;
    int8_t bias = 0;      // per cent
    uint32_t factor = 0;  // of the distance, in units of 2^-16
  };

  uint32_t BiasedOf(PoolIndex pool, const StepContext& context) const;

  std::vector<Site> sites_;  // by pool
};

}  // namespace waypost::steer
