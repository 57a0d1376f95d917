// Sorted ranges of a key space, each from its start to the next one's: prefix leaves without gaps,
// so a range needs no end. An index on the leading bits leaves a short search by halving.
//
// Thread safety: immutable after Index. Find is noexcept and allocates nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

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
    first_.resize((size_t{1} << kIndexBits) + 1);
    size_t i = 0;
    for (size_t bucket = 0; bucket + 1 < first_.size(); ++bucket) {
      const Key begin = static_cast<Key>(bucket) << kShift;
      while (i + 1 < starts_.size() && starts_[i + 1] <= begin) ++i;
      first_[bucket] = static_cast<uint32_t>(i);
    }
    first_.back() = static_cast<uint32_t>(starts_.size() - 1);
  }

  /// Position of the range that contains `key`.
  size_t Find(Key key) const noexcept {
    const auto bucket = static_cast<size_t>(key >> kShift);
    const Key* begin = starts_.data() + first_[bucket];
    const Key* end = starts_.data() + first_[bucket + 1] + 1;
    return static_cast<size_t>(std::upper_bound(begin + 1, end, key) - starts_.data()) - 1;
  }

  uint64_t memory_bytes() const {
    return starts_.capacity() * sizeof(Key) + leaves_.capacity() * sizeof(PackedLeaf) +
           first_.capacity() * sizeof(uint32_t);
  }

 private:
  static constexpr unsigned kShift = sizeof(Key) * 8 - kIndexBits;

  std::vector<Key> starts_;
  std::vector<PackedLeaf> leaves_;
  std::vector<uint32_t> first_;  // by leading bits: the range that contains the bucket's first key
};

}  // namespace waypost::geo
