// An open-addressing hash table from names to small numbers. It holds hashes and numbers only; the
// caller knows the names and compares them.
//
// Thread safety: none while inserting; Find may run on any threads afterwards, is noexcept and
// allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dnsd/base/huge_pages.h"
#include "dnsd/base/prefetch.h"

namespace waypost::zone {

class NameTable {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  NameTable() : NameTable(0) {}
  /// Room for `names` names; inserting more than that rebuilds the table.
  explicit NameTable(size_t names) { slots_.resize(SlotsFor(names)); }

  /// `equal(value)`: whether the name behind `value` is the one asked for; called for about one
  /// name in four billion besides the right one.
  template <typename Equal>
  uint32_t Find(uint64_t hash, const Equal& equal) const noexcept {
    const size_t mask = slots_.size() - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.value == kNone) return kNone;
      if (slot.tag == TagOf(hash) && equal(slot.value)) return slot.value;
    }
  }

  /// Begins to load what Find reads first.
  void Prefetch(uint64_t hash) const noexcept {
    waypost::Prefetch(&slots_[hash & (slots_.size() - 1)]);
  }

  /// Precondition: the name is not in the table. `hash_of(value)` is asked when the table must
  /// grow.
  template <typename HashOf>
  void Insert(uint64_t hash, uint32_t value, const HashOf& hash_of) {
    if ((used_ + 1) * 4 > slots_.size() * 3) Grow(hash_of);
    Place(hash, value);
    ++used_;
  }

  size_t size() const { return used_; }
  size_t footprint() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t value = kNone;
  };

  /// The half of the hash that does not choose the slot (of tables below four billion slots).
  static uint32_t TagOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

  /// A power of two that is at most three quarters full: four probes for an absent name at worst
  /// fill, on average, at eight octets a slot.
  static size_t SlotsFor(size_t names) {
    size_t slots = 4;
    while (names * 4 > slots * 3) slots *= 2;
    return slots;
  }

  template <typename HashOf>
  void Grow(const HashOf& hash_of) {
    HugeVector<Slot> former(slots_.size() * 2);
    former.swap(slots_);
    for (const Slot& slot : former) {
      if (slot.value != kNone) Place(hash_of(slot.value), slot.value);
    }
  }

  void Place(uint64_t hash, uint32_t value) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash & mask;
    while (slots_[at].value != kNone) at = (at + 1) & mask;
    slots_[at] = {TagOf(hash), value};
  }

  HugeVector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace waypost::zone
