#include "dnsd/steer/chain.h"

#include <algorithm>

namespace waypost::steer {

namespace {

Reads ReadsOf(const std::vector<Chain::Link>& links, Reads reads) {
  for (const Chain::Link& link : links) {
    reads.class_of_client |= link.step->reads().class_of_client;
    reads.network |= link.step->reads().network;
  }
  return reads;
}

void MarkFrontOnly(std::vector<Chain::Link>& links) {
  bool passed_later = false;
  for (auto link = links.rbegin(); link != links.rend(); ++link) {
    link->front_only = !passed_later;
    passed_later |= link->step->may_pass_front();
  }
}

size_t CountSettled(const std::vector<Chain::Link>& links) {
  size_t settled = 0;
  for (size_t i = 0; i < links.size() && links[i].step->is_settled_by_class(); ++i) {
    if (links[i].front_only) settled = i + 1;
  }
  return settled;
}

bool SameSteps(const std::vector<Chain::Link>& a, const std::vector<Chain::Link>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Chain::Link& x, const Chain::Link& y) { return x.step == y.step; });
}

}  // namespace

Chain::Chain(const std::vector<std::shared_ptr<const Step>>& steps, const Knobs& knobs,
             std::span<const PoolIndex> candidates)
    : knobs_(knobs) {
  for (const auto& step : steps) {
    if (!step->Matters(candidates)) continue;
    (step->is_fence() ? fences_ : steps_).push_back({step});
  }
  MarkFrontOnly(steps_);
  settled_ = CountSettled(steps_);
  fence_reads_ = ReadsOf(fences_, {});
  reads_ = ReadsOf(steps_, fence_reads_);
}

uint32_t Chain::TierOf(PoolIndex pool, std::span<const PoolIndex> candidates) const {
  for (const Link& link : steps_) {
    if (const auto tier = link.step->TierOf(pool, candidates)) return *tier;
  }
  return 0;
}

bool Chain::HasSameSteps(const Chain& other) const {
  return SameSteps(fences_, other.fences_) && SameSteps(steps_, other.steps_);
}

}  // namespace waypost::steer
