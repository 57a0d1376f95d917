// The Zone that the builder makes: nodes, RRsets and bytes in three blocks, names in a hash table.
//
// A lookup hashes the name once, compares tags, and touches one node; only names that do not exist
// pay for their ancestors. Names with more labels than any of the zone's are cut to that depth
// first, so that a query of 127 labels costs no more than the zone is deep.
//
// Thread safety: immutable once the builder has filled it in. Ownership: owns all that its nodes
// point to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "dnsd/base/huge_pages.h"
#include "dnsd/zone/arena.h"
#include "dnsd/zone/name_hash.h"
#include "dnsd/zone/name_table.h"
#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {

/// What the zone is made of.
struct ZoneLayout {
  Arena arena;                         // owners and RDATA
  std::shared_ptr<const Zone> lender;  // or they lie there; may be null
  HugeVector<Node> nodes;              // the apex first, and parents before their children
  HugeVector<RrSet> rrsets;            // in the order of their nodes
  size_t max_labels = 0;
  uint64_t seed = 0;
  NameTable table;

  /// The node with this lowered name, or NameTable::kNone.
  uint32_t Find(NameView lowered) const noexcept { return Find(lowered, HashName(lowered, seed)); }
  uint32_t Find(NameView lowered, uint64_t hash) const noexcept {
    return table.Find(hash, [this, lowered](uint32_t index) {
      return EqualsLowered(nodes[index].owner(), lowered);
    });
  }
};

class FlatZone final : public Zone {
 public:
  FlatZone(const wire::Name& origin, ZoneLayout layout);

  Found Find(std::span<const uint8_t> qname) const noexcept override;
  const Node* FindExact(std::span<const uint8_t> name) const noexcept override;
  NodeRange nodes() const noexcept override { return NodeRange(layout_.nodes); }
  uint64_t PrefetchSlot(std::span<const uint8_t> qname) const noexcept override;
  const Node* PrefetchNode(uint64_t hash) const noexcept override;

  size_t max_labels() const noexcept { return layout_.max_labels; }
  const ZoneLayout& layout() const { return layout_; }

 private:
  /// Serial and negative TTL; zero without a SOA.
  void TakeOverSoa();

  ZoneLayout layout_;
};

}  // namespace waypost::zone
