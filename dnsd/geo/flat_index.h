// A hash index from keys to dense numbers, in two flat arrays: interning millions of small keys is
// where compiling a client map spends its time, and node-based maps take several times as long.
//
// Thread safety: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace waypost::geo {

/// `Hash` maps a Key to uint64_t with all bits mixed.
template <typename Key, typename Hash>
class FlatIndex {
 public:
  /// The key's number: the next free one (0, 1, ...) if it is new; `is_new` says so.
  uint32_t Intern(const Key& key, bool& is_new) {
    if (keys_.size() * 2 >= slots_.size()) Grow();
    uint32_t& slot = slots_[SlotOf(key)];
    is_new = slot == kFree;
    if (is_new) {
      slot = static_cast<uint32_t>(keys_.size());
      keys_.push_back(key);
    }
    return slot;
  }

  /// kAbsent: not there.
  static constexpr uint32_t kAbsent = UINT32_MAX;
  uint32_t Find(const Key& key) const { return slots_.empty() ? kAbsent : slots_[SlotOf(key)]; }

  const std::vector<Key>& keys() const { return keys_; }
  size_t size() const { return keys_.size(); }

 private:
  static constexpr uint32_t kFree = kAbsent;
  static constexpr size_t kFirstSlots = 64;  // a power of two, as all sizes

  size_t SlotOf(const Key& key) const {
    const size_t mask = slots_.size() - 1;
    size_t slot = Hash{}(key)&mask;
    while (slots_[slot] != kFree && !(keys_[slots_[slot]] == key)) slot = (slot + 1) & mask;
    return slot;
  }

  void Grow() {
    slots_.assign(slots_.empty() ? kFirstSlots : slots_.size() * 2, kFree);
    for (size_t i = 0; i < keys_.size(); ++i) slots_[SlotOf(keys_[i])] = static_cast<uint32_t>(i);
  }

  std::vector<Key> keys_;
  std::vector<uint32_t> slots_;
};

}  // namespace waypost::geo
