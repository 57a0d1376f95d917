// A policy's steps as compiled for the pools of a record.
//
// Two rules of order. Fences stand in front of all other steps, wherever the policy has them, and
// see all candidates whatever their health: else a preference could leave only pools that a later
// fence forbids, although an allowed one is up; and a fence must mean the same in good and bad
// days. All other steps run in the policy's order over the candidates that count as usable; none of
// them ever drops all, so an answer is only empty for want of health or by a fence.
//
// Steps that can change nothing for the record's pools are left out (one pool, one region), and
// with them their claim on the client: the answer's scope stays 0.
//
// Thread safety: immutable. Ownership: steps are shared between chains, also of several policies.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/steer/knobs.h"
#include "dnsd/steer/step.h"

namespace waypost::steer {

class Chain {
 public:
  struct Link {
    std::shared_ptr<const Step> step;
    bool front_only = false;  // no later step can pass over the front
  };

  /// Of `steps` those that matter for the candidates.
  Chain(const std::vector<std::shared_ptr<const Step>>& steps, const Knobs& knobs,
        std::span<const PoolIndex> candidates);

  using Links = std::span<const Link>;

  Links fences() const { return fences_; }
  Links steps() const { return steps_; }
  /// The first ones, whose result depends only on the client's class and the candidates, and of
  /// which the others see no more than the front; and those others.
  Links settled() const { return steps().first(settled_); }
  Links unsettled() const { return steps().subspan(settled_); }
  const Knobs& knobs() const { return knobs_; }
  /// What the answer depends on. `single`: the record has one candidate of the wanted family, so
  /// that only fences have a say.
  Reads reads(bool single) const { return single ? fence_reads_ : reads_; }

  /// From 0, of its failover step; 0 also without one. `candidates`: as the record declares them.
  uint32_t TierOf(PoolIndex pool, std::span<const PoolIndex> candidates) const;

  /// Equal chains have the same steps and knobs; for sharing them.
  bool HasSameSteps(const Chain& other) const;

 private:
  std::vector<Link> fences_;
  std::vector<Link> steps_;
  size_t settled_ = 0;
  Knobs knobs_;
  Reads fence_reads_;
  Reads reads_;
};

}  // namespace waypost::steer
