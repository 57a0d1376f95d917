#include "dnsd/geo/prefix_leaves.h"

#include <algorithm>

namespace waypost::geo {

void V4Leaves::Index() {
  constexpr PackedLeaf kEmpty(0, 0);
  table_.assign(kSixteens, kEmpty);
  for (const Pushed& pushed : pushed_) Place(pushed);
  pushed_ = {};
  table_.shrink_to_fit();
  lower_.shrink_to_fit();
  lists_.push_back(static_cast<uint32_t>(lower_.size()));
  lists_.shrink_to_fit();
}

void V4Leaves::Place(const Pushed& pushed) {
  const uint8_t length = pushed.leaf.length();
  if (length <= 16) {
    std::fill_n(table_.begin() + (pushed.start >> 16), size_t{1} << (16 - length), pushed.leaf);
    return;
  }
  const auto at = table_.begin() + static_cast<ptrdiff_t>(Divide16(pushed.start));
  if (length <= 24) {
    std::fill_n(at, size_t{1} << (24 - length), pushed.leaf);
    return;
  }
  // Leaves come in address order, so the list of this /24 is the last one.
  if (at->length() != kDivided) {
    *at = {static_cast<uint32_t>(lists_.size()), kDivided};
    lists_.push_back(static_cast<uint32_t>(lower_.size()));
  }
  lower_.push_back({static_cast<uint8_t>(pushed.start), pushed.leaf});
}

size_t V4Leaves::Divide16(uint32_t key) {
  PackedLeaf leaf = table_[key >> 16];
  if (leaf.length() != kDivided) {
    leaf = {static_cast<uint32_t>(table_.size() / kFanOut), kDivided};
    table_[key >> 16] = leaf;
    table_.resize(table_.size() + kFanOut, PackedLeaf(0, 0));
  }
  return PlaceOf24(leaf, key);
}

PackedLeaf V4Leaves::FindLower(uint32_t list, uint32_t octet) const noexcept {
  const auto begin = lower_.begin() + lists_[list];
  const auto end = lower_.begin() + lists_[list + 1];
  const auto after = std::upper_bound(
      begin, end, octet, [](uint32_t key, const Lower& entry) { return key < entry.start; });
  return std::prev(after)->leaf;
}

void V4Leaves::ForEach(const VisitLeaf& visit) const {
  constexpr uint64_t kEnd = uint64_t{1} << 32;
  for (uint64_t start = 0; start < kEnd;) {
    const IpAddress address = IpAddress::FromV4(static_cast<uint32_t>(start));
    const PackedLeaf leaf = Find(address);
    visit({address, leaf.length()}, leaf.class_id());
    start += kEnd >> leaf.length();
  }
}

uint64_t V4Leaves::memory_bytes() const {
  return table_.capacity() * sizeof(PackedLeaf) + lower_.capacity() * sizeof(Lower) +
         lists_.capacity() * sizeof(uint32_t);
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
