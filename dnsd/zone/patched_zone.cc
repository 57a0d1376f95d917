#include "dnsd/zone/patched_zone.h"

#include <algorithm>
#include <utility>

#include "dnsd/zone/search.h"

namespace waypost::zone {

static_assert(sizeof(PatchedZone) <= kZoneFieldOctets);

PatchedZone::PatchedZone(std::shared_ptr<const FlatZone> base,
                         std::shared_ptr<const FlatZone> patch, std::vector<uint32_t> gone)
    : base_(std::move(base)),
      patch_(std::move(patch)),
      gone_(std::move(gone)),
      max_labels_(std::max(base_->max_labels(), patch_->max_labels())) {
  origin_ = base_->origin();
  apex_ = &patch_->apex();
  serial_ = patch_->serial();
  negative_ttl_ = patch_->negative_ttl();
  const auto behind = static_cast<uint32_t>(base_->layout().nodes.size());
  const auto& nodes = patch_->layout().nodes;
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const uint32_t stood = base_->layout().Find(LoweredName(nodes[i].owner()).view());
    stand_ins_.push_back(
        {stood == NameTable::kNone ? behind : stood, IsGone(i) ? nullptr : &nodes[i]});
  }
  std::stable_sort(stand_ins_.begin(), stand_ins_.end(),
                   [](const StandIn& a, const StandIn& b) { return a.position < b.position; });
}

bool PatchedZone::IsGone(uint32_t index) const noexcept {
  return std::binary_search(gone_.begin(), gone_.end(), index);
}

Found PatchedZone::Find(std::span<const uint8_t> qname) const noexcept {
  return Search(*this).Find(qname);
}

const Node* PatchedZone::FindExact(std::span<const uint8_t> name) const noexcept {
  const ZoneLayout& patch = patch_->layout();
  const ZoneLayout& base = base_->layout();
  const uint64_t hash = HashName(name, base.seed);
  const uint32_t patched = patch.Find(name, hash);
  if (patched != NameTable::kNone) return IsGone(patched) ? nullptr : &patch.nodes[patched];
  const uint32_t index = base.Find(name, hash);
  return index == NameTable::kNone ? nullptr : &base.nodes[index];
}

uint64_t PatchedZone::PrefetchSlot(std::span<const uint8_t> qname) const noexcept {
  const uint64_t hash = base_->PrefetchSlot(qname);
  patch_->layout().table.Prefetch(hash);
  return hash;
}

const Node* PatchedZone::PrefetchNode(uint64_t hash) const noexcept {
  const uint32_t patched = patch_->layout().table.Find(hash, [](uint32_t) { return true; });
  if (patched == NameTable::kNone) return base_->PrefetchNode(hash);
  return IsGone(patched) ? nullptr : patch_->PrefetchNode(hash);
}

}  // namespace waypost::zone
