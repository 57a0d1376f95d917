// Sorted ranges of a key space, each from its start to the next one's: prefix leaves without gaps,
// so a range needs no end. Every sixteenth start stands in a second, small table that the caches
// hold, with an index on the leading bits: a search by halving there, and one inside of a block of
// sixteen, cost two or three cache misses instead of one for each halving of millions.
//
// Thread safety: immutable after Index. Find is noexcept and allocates nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "dnsd/base/huge_pages.h"

namespace waypost::geo {

/// A leaf's class and prefix length in four bytes.
class PackedLeaf {
 public:
  static constexpr uint32_t kMaxClass = (1U << 24) - 1;

  constexpr PackedLeaf(uint32_t class_id, uint8_t length) : bits_(class_id << 8 | length) {}
  constexpr uint32_t class_id() const { return bits_ >> 8; }
  constexpr uint8_t length() const { return static_cast<uint8_t>(bits_); }

 private:
  uint32_t bits_;
};

template <typename Key, unsigned kIndexBits>
class RangeMap {
 public:
  void Push(Key start, PackedLeaf leaf) {
    starts_.push_back(start);
    leaves_.push_back(leaf);
  }
  void Pop() {
    starts_.pop_back();
    leaves_.pop_back();
  }

  size_t size() const { return starts_.size(); }
  Key start(size_t i) const { return starts_[i]; }
  PackedLeaf leaf(size_t i) const { return leaves_[i]; }

  /// Call once, after the last Push; the first start must be 0.
  void Index() {
    starts_.shrink_to_fit();
    leaves_.shrink_to_fit();
    blocks_.reserve(starts_.size() / kBlock + 1);
    for (size_t i = 0; i < starts_.size(); i += kBlock) blocks_.push_back(starts_[i]);
    first_.resize((size_t{1} << kIndexBits) + 1);
    size_t block = 0;
    for (size_t bucket = 0; bucket + 1 < first_.size(); ++bucket) {
      const Key begin = static_cast<Key>(bucket) << kShift;
      while (block + 1 < blocks_.size() && blocks_[block + 1] <= begin) ++block;
      first_[bucket] = static_cast<uint32_t>(block);
    }
    first_.back() = static_cast<uint32_t>(blocks_.size() - 1);
  }

  /// Position of the range that contains `key`.
  size_t Find(Key key) const noexcept {
    const auto bucket = static_cast<size_t>(key >> kShift);
    const size_t block = LastAtMost(blocks_, first_[bucket], first_[bucket + 1] + 1, key);
    const size_t begin = block * kBlock;
    return LastAtMost(starts_, begin, std::min(begin + kBlock, starts_.size()), key);
  }

  uint64_t memory_bytes() const {
    return (starts_.capacity() + blocks_.capacity()) * sizeof(Key) +
           leaves_.capacity() * sizeof(PackedLeaf) + first_.capacity() * sizeof(uint32_t);
  }

 private:
  static constexpr unsigned kShift = sizeof(Key) * 8 - kIndexBits;
  static constexpr size_t kBlock = 16;  // two cache lines

  /// Position of the last of keys[begin, end) that is not above `key`; keys[begin] is not.
  static size_t LastAtMost(const HugeVector<Key>& keys, size_t begin, size_t end,
                           Key key) noexcept {
    const auto after = std::upper_bound(keys.begin() + static_cast<ptrdiff_t>(begin) + 1,
                                        keys.begin() + static_cast<ptrdiff_t>(end), key);
    return static_cast<size_t>(after - keys.begin()) - 1;
  }

  HugeVector<Key> starts_;
  HugeVector<PackedLeaf> leaves_;
  HugeVector<Key> blocks_;      // starts_ of 0, kBlock, 2 kBlock, ...
  HugeVector<uint32_t> first_;  // by leading bits: the block that contains the bucket's first key
};

}  // namespace waypost::geo
