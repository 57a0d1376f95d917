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

#include "dnsd/base/huge_pages.h"
#include "dnsd/base/ip.h"
#include "dnsd/base/prefetch.h"
#include "dnsd/geo/range_map.h"

namespace waypost::geo {

using VisitLeaf = std::function<void(const IpPrefix&, uint32_t class_id)>;

/// Instead of a length: divided further, and the number of what divides it instead of the class.
inline constexpr uint8_t kDivided = 255;

/// IPv4, by the octets of the address: a table of the leading sixteen bits, one for each /16 that
/// is divided, and a list for each /24 that is. What is as short as a /24, and so every client
/// subnet that resolvers send, costs two loads.
class V4Leaves {
 public:
  /// In address order, until Index.
  void Push(const IpPrefix& prefix, uint32_t class_id) {
    pushed_.push_back({prefix.address.v4(), {class_id, prefix.length}});
  }
  /// Takes the last one back.
  void Pop() { pushed_.pop_back(); }
  void Index();

  PackedLeaf Find(const IpAddress& address) const noexcept {
    const uint32_t key = address.v4();
    PackedLeaf leaf = table_[key >> 16];
    if (leaf.length() == kDivided) leaf = table_[PlaceOf24(leaf, key)];
    return leaf.length() == kDivided ? FindLower(leaf.class_id(), key & 0xFF) : leaf;
  }
  void PrefetchIndex(const IpAddress& address) const noexcept {
    Prefetch(&table_[address.v4() >> 16]);
  }
  void PrefetchLeaf(const IpAddress& address) const noexcept {
    const PackedLeaf leaf = table_[address.v4() >> 16];
    if (leaf.length() == kDivided) Prefetch(&table_[PlaceOf24(leaf, address.v4())]);
  }
  void ForEach(const VisitLeaf& visit) const;
  bool is_undivided() const { return table_.front().length() == 0; }
  uint64_t memory_bytes() const;

 private:
  static constexpr size_t kFanOut = 256;
  static constexpr size_t kSixteens = size_t{1} << 16;

  struct Pushed {
    uint32_t start;
    PackedLeaf leaf;
  };
  struct Lower {
    uint8_t start;
    PackedLeaf leaf;
  };

  /// In the part of the table for the /16 that `divided` stands for.
  static size_t PlaceOf24(PackedLeaf divided, uint32_t key) noexcept {
    return divided.class_id() * kFanOut + (key >> 8 & 0xFF);
  }
  PackedLeaf FindLower(uint32_t list, uint32_t octet) const noexcept;
  /// Where the leaf goes that was pushed: for each /16 or /24 that it fills, or to a list.
  void Place(const Pushed& pushed);
  /// The place of the /24 that contains the key, made if need be.
  size_t Divide16(uint32_t key);

  std::vector<Pushed> pushed_;  // until Index
  // By /16, and then kFanOut for each of those that is divided, which has the number of that part
  // of the table; a /24 that is divided has the number of a list.
  HugeVector<PackedLeaf> table_;
  HugeVector<Lower> lower_;
  HugeVector<uint32_t> lists_;  // where each list begins in lower_; after Index also the end
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
