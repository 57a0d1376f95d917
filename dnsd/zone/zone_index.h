// Which of the served zones is responsible for a name: the one with the longest origin at or above
// it.
//
// A copy shares nearly everything with what it was made of, so a zone that comes or goes costs
// microseconds among hundreds of thousands.
//
// Thread safety: as a standard container. Find is noexcept and allocates nothing; its cost grows
// with the labels of the name, not with the number of zones.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dnsd/base/shared_vector.h"
#include "dnsd/wire/name.h"

namespace waypost::zone {

class ZoneIndex {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  ZoneIndex();
  /// The result of Find is a position in `origins`. Origins must differ (case ignored).
  static ZoneIndex Build(std::span<const wire::Name> origins);

  /// `qname`: lowered wire format.
  uint32_t Find(std::span<const uint8_t> qname) const noexcept;
  /// The same without comparing names: it is that of the zone whose origin is the last `octets` of
  /// the name, or once in four billion times of some other.
  struct Likely {
    uint32_t position = kNone;
    size_t octets = 0;
  };
  Likely FindLikely(std::span<const uint8_t> qname) const noexcept;
  /// Begins to load what FindLikely reads first.
  void Prefetch(std::span<const uint8_t> qname) const noexcept;
  /// Of what Find returned, which is then above what Find of another index returned if it is less.
  size_t origin_octets(uint32_t position) const noexcept;
  /// The zone with this origin.
  uint32_t FindExact(const wire::Name& origin) const;
  size_t size() const noexcept { return origins_.size(); }

  /// The new zone's position is behind all others. Precondition: it is not there.
  void Add(const wire::Name& origin);
  /// The last zone gets the position of the one that goes.
  void Remove(uint32_t position);

 private:
  /// Open addressing with linear probing.
  struct Slot {
    uint32_t tag = 0;
    uint32_t position = kNone;
  };

  /// Without the labels of which no origin has so many.
  std::span<const uint8_t> Cut(std::span<const uint8_t> qname) const noexcept;
  template <typename IsRight>
  Likely Search(std::span<const uint8_t> qname, const IsRight& is_right) const noexcept;
  bool IsOrigin(uint32_t position, std::span<const uint8_t> lowered) const noexcept;
  uint64_t HashOf(uint32_t position) const;
  /// The slot that holds the position.
  size_t SlotOf(uint32_t position) const;
  void Place(uint32_t position);
  void Grow();
  /// Moves what stands behind a slot that became free to where it will be found.
  void CloseGap(size_t gap);

  SharedVector<std::string> origins_;  // lowered wire format
  SharedVector<Slot> slots_;           // their number is a power of two, or none
  uint64_t seed_;
  size_t max_labels_ = 0;  // of all that ever were there
};

}  // namespace waypost::zone
