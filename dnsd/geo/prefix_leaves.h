// The disjoint prefixes of one address family with their classes: without gaps, in address order.
//
// IPv6: most leaves are of /64 or shorter, so the table holds upper halves only, at 12 bytes a
// leaf. A /64 that is divided further has one entry there that points to its own list of lower
// halves.
//
// Thread safety: immutable after Index. Find is noexcept and allocates nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/geo/range_map.h"

namespace waypost::geo {

using VisitLeaf = std::function<void(const IpPrefix&, uint32_t class_id)>;

class V4Leaves {
 public:
  /// In address order, until Index.
  void Push(const IpPrefix& prefix, uint32_t class_id) {
    leaves_.Push(prefix.address.v4(), {class_id, prefix.length});
  }
  /// Takes the last one back.
  void Pop() { leaves_.Pop(); }
  void Index() { leaves_.Index(); }

  PackedLeaf Find(const IpAddress& address) const noexcept {
    return leaves_.leaf(leaves_.Find(address.v4()));
  }
  void ForEach(const VisitLeaf& visit) const;
  size_t size() const { return leaves_.size(); }
  uint64_t memory_bytes() const { return leaves_.memory_bytes(); }

 private:
  static constexpr unsigned kIndexBits = 16;
  RangeMap<uint32_t, kIndexBits> leaves_;
};

class V6Leaves {
 public:
  /// In address order, until Index.
  void Push(const IpPrefix& prefix, uint32_t class_id);
  /// Takes the last one back.
  void Pop();
  void Index();

  PackedLeaf Find(const IpAddress& address) const noexcept {
    const PackedLeaf leaf = upper_.leaf(upper_.Find(address.high()));
    return leaf.length() == kDivided ? FindLower(leaf.class_id(), address.low()) : leaf;
  }
  void ForEach(const VisitLeaf& visit) const;
  uint64_t memory_bytes() const;

 private:
  // Allocations are of /32 to /29: 20 bits leave some dozens of them in a bucket, at 4 MiB.
  static constexpr unsigned kIndexBits = 20;
  // Instead of a length: a divided /64, whose list is named instead of the class.
  static constexpr uint8_t kDivided = 255;

  struct Lower {
    uint64_t start;
    PackedLeaf leaf;
  };

  bool EndsDivided() const;
  PackedLeaf FindLower(uint32_t list, uint64_t low) const noexcept;

  RangeMap<uint64_t, kIndexBits> upper_;
  std::vector<Lower> lower_;
  std::vector<uint32_t> lists_;  // where each list begins in lower_; after Index also the end
};

}  // namespace waypost::geo
