// `latency`: in front stay the pools whose regions the client's network reaches soonest.
//
// The times come from the client map: measured where known, modelled from distance where not. All
// within the tolerance of the best are equal; the others follow by time. Where nothing is known of
// the client all are equal; a region of unknown place without a measurement comes last.
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
class LatencyStep;
}

namespace waypost::steer {

class StepParser;

class Latency {
 public:
  static constexpr std::string_view kName = "latency";

  static Latency Parse(const v1::LatencyStep& message, const StepParser& parser);

  /// False where it can change nothing for these pools.
  bool Matters(std::span<const PoolIndex> candidates) const;
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  struct Site {
    RegionIndex region = 0;
    bool placed = false;
  };

  /// From the client to each region.
  struct Times {
    std::span<const uint16_t> rtt;
    const geo::ClientMap& clients;
    uint32_t class_id;

    bool IsMeasured(RegionIndex region) const noexcept {
      return region < 64 && ((clients.Measured(class_id) >> region) & 1) != 0;
    }
  };

  static Times TimesOf(const StepContext& context);
  uint32_t RttOf(PoolIndex pool, const Times& times) const;

  std::vector<Site> sites_;  // by pool
  uint32_t tolerance_ = 0;   // tenths of a millisecond
};

}  // namespace waypost::steer
