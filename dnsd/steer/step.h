// One step of a chain: an algorithm from the list below with its data. What each must offer stands
// in latency.h; a fence (`fence()`) narrows by what is allowed, whatever the health.
//
// Thread safety: immutable.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "dnsd/steer/cidr.h"
#include "dnsd/steer/failover.h"
#include "dnsd/steer/geo.h"
#include "dnsd/steer/geoproximity.h"
#include "dnsd/steer/hash.h"
#include "dnsd/steer/latency.h"
#include "dnsd/steer/least_loaded.h"
#include "dnsd/steer/residency.h"
#include "dnsd/steer/round_robin.h"
#include "dnsd/steer/spill.h"
#include "dnsd/steer/weighted.h"

namespace waypost::v1 {
class Step;
}

namespace waypost::steer {

/// What about the client a step's result depends on.
struct Reads {
  bool class_of_client = false;  // its place in the client map
  bool network = false;          // its /24 or /56
};

class Step {
 public:
  using Algorithm = std::variant<Geo, Residency, Cidr, Latency, Geoproximity, Failover, Weighted,
                                 Hash, RoundRobin, LeastLoaded, Spill>;

  /// Null, and a problem, where the message names no algorithm of the list.
  static std::shared_ptr<const Step> Parse(const v1::Step& message, const StepParser& parser);

  explicit Step(Algorithm algorithm) : algorithm_(std::move(algorithm)) {}

  std::string_view name() const;
  bool is_fence() const;
  /// It may drop the front group or put it behind, so the order of what is behind counts.
  bool may_pass_front() const;
  /// Among given candidates its result depends on nothing but the client's class.
  bool is_settled_by_class() const;
  Reads reads() const;
  /// Of a failover step; nullopt: it is none.
  std::optional<uint32_t> TierOf(PoolIndex pool, std::span<const PoolIndex> candidates) const;
  bool Matters(std::span<const PoolIndex> candidates) const;

  void Apply(Candidates& candidates, StepContext& context) const {
    std::visit([&](const auto& step) { step.Apply(candidates, context); }, algorithm_);
  }
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  Algorithm algorithm_;
};

}  // namespace waypost::steer
