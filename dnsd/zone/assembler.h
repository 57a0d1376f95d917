// Lays records out as a zone: a node for each name and each of its ancestors, RRsets without
// duplicates.
//
// Thread safety: one thread. Errors: to the ProblemList; what is wrong is left out and the rest
// laid out, so that later checks see it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "dnsd/zone/builder.h"
#include "dnsd/zone/flat_zone.h"
#include "dnsd/zone/name_text.h"
#include "dnsd/zone/problem_list.h"
#include "dnsd/zone/records.h"

namespace waypost::zone {

/// A layout and what only its checks need to know.
struct Assembled {
  ZoneLayout layout;
  std::vector<uint32_t> parents;  // by node; the apex is its own
  std::vector<uint32_t> sources;  // by RRset: the record it began with
  Arena unpacked;                 // what the records still point to
};

class Assembler {
 public:
  /// `arena` holds what the entries of `records` point to. `origin` and `records` must outlive it.
  Assembler(const wire::Name& origin, const Records& records, Arena arena, ProblemList& problems);

  void PlaceRecords();
  void PlaceSteered(const SteeredOwner& steered, uint32_t slot);
  /// Even if nothing else says that there is such a name. Precondition: at or below the origin.
  void PlaceName(NameView owner);
  /// `lender`: as for BuildZone; what lies there is left there.
  Assembled Finish(std::shared_ptr<const Zone> lender) &&;
  /// With copies of all that the records point to, wherever it is.
  Assembled FinishPacked() &&;

 private:
  /// A record and where it belongs.
  struct Placed {
    uint32_t node;
    uint16_t type;
    uint32_t record;

    bool IsSameSet(const Placed& other) const { return node == other.node && type == other.type; }
    bool operator<(const Placed& other) const {
      return std::tie(node, type, record) < std::tie(other.node, other.type, other.record);
    }
  };

  bool IsInZone(NameView lowered) const;
  void LoadAhead(uint32_t record) const;
  /// The node of a name at or below the origin, made with its ancestors if need be. `owner` must
  /// live as long as the layout.
  uint32_t NodeFor(NameView owner);
  uint32_t AddNode(NameView owner, uint64_t hash, uint32_t parent);
  uint64_t HashOf(NameView owner) const;
  void MakeRrSets();
  void MakeRrSet(std::span<const Placed> placed);
  std::vector<uint32_t> WithoutDuplicates(std::span<const Placed> placed) const;
  const uint8_t* Join(std::span<const uint32_t> records);
  uint32_t LowestTtl(std::span<const Placed> placed);
  void MarkCuts();
  void Pack();

  const wire::Name& origin_;
  const Records& records_;
  ProblemList& problems_;
  NameBuffer lowered_origin_;
  std::vector<Placed> placed_;
  Assembled result_;
};

}  // namespace waypost::zone
