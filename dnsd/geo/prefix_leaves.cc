#include "dnsd/geo/prefix_leaves.h"

#include <algorithm>

namespace waypost::geo {

void V4Leaves::ForEach(const VisitLeaf& visit) const {
  for (size_t i = 0; i < leaves_.size(); ++i) {
    const PackedLeaf leaf = leaves_.leaf(i);
    visit({IpAddress::FromV4(leaves_.start(i)), leaf.length()}, leaf.class_id());
  }
}

bool V6Leaves::EndsDivided() const {
  return upper_.size() > 0 && upper_.leaf(upper_.size() - 1).length() == kDivided;
}

void V6Leaves::Push(const IpPrefix& prefix, uint32_t class_id) {
  const uint64_t high = prefix.address.high();
  if (prefix.length <= 64) {
    upper_.Push(high, {class_id, prefix.length});
    return;
  }
  if (!EndsDivided() || upper_.start(upper_.size() - 1) != high) {
    upper_.Push(high, {static_cast<uint32_t>(lists_.size()), kDivided});
    lists_.push_back(static_cast<uint32_t>(lower_.size()));
  }
  lower_.push_back({prefix.address.low(), {class_id, prefix.length}});
}

void V6Leaves::Pop() {
  if (EndsDivided()) {
    lower_.pop_back();
    if (lower_.size() > lists_.back()) return;
    lists_.pop_back();
  }
  upper_.Pop();
}

void V6Leaves::Index() {
  upper_.Index();
  lower_.shrink_to_fit();
  lists_.push_back(static_cast<uint32_t>(lower_.size()));
  lists_.shrink_to_fit();
}

PackedLeaf V6Leaves::FindLower(uint32_t list, uint64_t low) const noexcept {
  const auto begin = lower_.begin() + lists_[list];
  const auto end = lower_.begin() + lists_[list + 1];
  const auto after = std::upper_bound(
      begin, end, low, [](uint64_t key, const Lower& entry) { return key < entry.start; });
  return std::prev(after)->leaf;
}

void V6Leaves::ForEach(const VisitLeaf& visit) const {
  for (size_t i = 0; i < upper_.size(); ++i) {
    const PackedLeaf leaf = upper_.leaf(i);
    const uint64_t high = upper_.start(i);
    if (leaf.length() != kDivided) {
      visit({IpAddress::FromV6(high, 0), leaf.length()}, leaf.class_id());
      continue;
    }
    for (uint32_t j = lists_[leaf.class_id()]; j < lists_[leaf.class_id() + 1]; ++j) {
      visit({IpAddress::FromV6(high, lower_[j].start), lower_[j].leaf.length()},
            lower_[j].leaf.class_id());
    }
  }
}

uint64_t V6Leaves::memory_bytes() const {
  return upper_.memory_bytes() + lower_.capacity() * sizeof(Lower) +
         lists_.capacity() * sizeof(uint32_t);
}

}  // namespace waypost::geo
