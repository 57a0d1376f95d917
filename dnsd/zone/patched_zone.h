// A large zone in which a few names are otherwise: a small zone that is asked first, and the large
// one behind it, which is shared with the version before.
//
// A lookup hashes a name once for both. The small zone has the whole of each name that differs, and
// of all names above those; so cuts and occlusion are marked in it as they are in the whole zone.
//
// Thread safety: immutable. Ownership: shares the large zone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/zone/flat_zone.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {

class PatchedZone final : public Zone {
 public:
  /// `gone`: the nodes of `patch` whose names do not exist, in order. `patch` has all nodes above
  /// its own that `base` has, and its cuts are those of `base`.
  PatchedZone(std::shared_ptr<const FlatZone> base, std::shared_ptr<const FlatZone> patch,
              std::vector<uint32_t> gone);

  Found Find(std::span<const uint8_t> qname) const noexcept override;
  const Node* FindExact(std::span<const uint8_t> name) const noexcept override;
  NodeRange nodes() const noexcept override { return NodeRange(base_->layout().nodes, stand_ins_); }
  uint64_t PrefetchSlot(std::span<const uint8_t> qname) const noexcept override;
  const Node* PrefetchNode(uint64_t hash) const noexcept override;

  size_t max_labels() const noexcept { return max_labels_; }
  const std::shared_ptr<const FlatZone>& base() const { return base_; }
  const FlatZone& patch() const { return *patch_; }

 private:
  bool IsGone(uint32_t index) const noexcept;

  const std::shared_ptr<const FlatZone> base_;
  const std::shared_ptr<const FlatZone> patch_;
  const std::vector<uint32_t> gone_;
  std::vector<StandIn> stand_ins_;
  size_t max_labels_;
};

}  // namespace waypost::zone
