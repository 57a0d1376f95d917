// Which of the served zones is responsible for a name: the one with the longest origin at or above
// it.
//
// Thread safety: immutable after Build. Find is noexcept and allocates nothing; its cost grows with
// the labels of the name, not with the number of zones.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/wire/name.h"

namespace waypost::zone {

class ZoneIndex {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  ZoneIndex();
  ~ZoneIndex();
  ZoneIndex(ZoneIndex&&) noexcept;
  ZoneIndex& operator=(ZoneIndex&&) noexcept;

  /// The result of Find is a position in `origins`. Origins must differ (case ignored).
  static ZoneIndex Build(std::span<const wire::Name> origins);

  /// `qname`: lowered wire format.
  uint32_t Find(std::span<const uint8_t> qname) const noexcept;
  /// Of what Find returned, which is then above what Find of another index returned if it is less.
  size_t origin_octets(uint32_t position) const noexcept;

 private:
  struct Table;
  std::unique_ptr<const Table> table_;
};

}  // namespace waypost::zone
