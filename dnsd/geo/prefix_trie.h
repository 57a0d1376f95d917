// Values by prefix, walked bit by bit beside the databases' search trees. Small: it holds what
// operators write, thousands of prefixes at most.
//
// Thread safety: immutable after the last Set.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dnsd/base/ip.h"

namespace waypost::geo {

class PrefixTrie {
 public:
  /// A node, or beyond the last one; `value` is that of the longest prefix passed so far, 0 if
  /// there was none.
  struct Cursor {
    uint32_t node = 0;
    uint32_t value = 0;
    /// True: all addresses from here on have `value`.
    bool IsLeaf() const { return node == 0; }
  };

  Cursor Root(IpFamily family) const { return At(RootOf(family), 0); }
  Cursor Child(const Cursor& cursor, bool bit) const {
    return cursor.IsLeaf() ? cursor : At(nodes_[cursor.node].children[bit ? 1 : 0], cursor.value);
  }

  /// Value of the longest prefix that contains all of `prefix`, itself included; 0: none.
  uint32_t Find(const IpPrefix& prefix) const {
    Cursor cursor = Root(prefix.address.family());
    for (int bit = 0; bit < prefix.length && !cursor.IsLeaf(); ++bit)
      cursor = Child(cursor, BitOf(prefix.address, bit));
    return cursor.value;
  }

  /// `value` is not 0.
  void Set(const IpPrefix& prefix, uint32_t value) {
    uint32_t node = RootOf(prefix.address.family());
    for (int bit = 0; bit < prefix.length; ++bit) node = Grow(node, BitOf(prefix.address, bit));
    nodes_[node].value = value;
  }

  static bool BitOf(const IpAddress& address, int bit) {
    return ((bit < 64 ? address.high() : address.low()) >> (63 - bit % 64) & 1) != 0;
  }

 private:
  struct Node {
    std::array<uint32_t, 2> children{};  // 0: none
    uint32_t value = 0;                  // 0: none
  };

  static uint32_t RootOf(IpFamily family) { return family == IpFamily::kV4 ? 1 : 2; }

  Cursor At(uint32_t node, uint32_t inherited) const {
    if (node == 0) return {0, inherited};
    const uint32_t value = nodes_[node].value != 0 ? nodes_[node].value : inherited;
    const bool has_children = nodes_[node].children[0] != 0 || nodes_[node].children[1] != 0;
    return {has_children ? node : 0, value};
  }

  uint32_t Grow(uint32_t node, bool bit) {
    const size_t side = bit ? 1 : 0;
    if (nodes_[node].children[side] == 0) {
      const auto created = static_cast<uint32_t>(nodes_.size());
      nodes_.emplace_back();
      nodes_[node].children[side] = created;
    }
    return nodes_[node].children[side];
  }

  std::vector<Node> nodes_ = std::vector<Node>(3);  // none, IPv4's root, IPv6's root
};

}  // namespace waypost::geo
