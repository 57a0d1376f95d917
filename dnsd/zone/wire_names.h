// What zones do with names in wire format where they stand, without making values of them.
//
// Thread safety: pure, noexcept, no allocation. Precondition everywhere: the octets are a whole,
// uncompressed name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dnsd/wire/name.h"
#include "dnsd/wire/octet_words.h"

namespace waypost::zone {

using NameView = std::span<const uint8_t>;

inline NameView AsView(std::string_view wire) noexcept {
  return {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()};
}

inline std::string_view AsText(NameView name) noexcept {
  return {reinterpret_cast<const char*>(name.data()), name.size()};
}

/// The name that begins at `wire`, its last zero octet included.
inline NameView NameAt(const uint8_t* wire) noexcept {
  size_t size = 0;
  while (wire[size] != 0) size += 1 + wire[size];
  return {wire, size + 1};
}

inline size_t LabelCount(NameView name) noexcept {
  size_t count = 0;
  for (const uint8_t* at = name.data(); *at != 0; at += 1 + *at) ++count;
  return count;
}

/// Without the leftmost label. Precondition: not the root.
inline NameView ParentOf(NameView name) noexcept { return name.subspan(1 + name[0]); }

inline bool IsWildcard(NameView name) noexcept {
  return name.size() > 1 && name[0] == 1 && name[1] == '*';
}

/// `stored` may have any case, `lowered` has none.
inline bool EqualsLowered(NameView stored, NameView lowered) noexcept {
  return stored.size() == lowered.size() &&
         wire::SameLowered(stored.data(), lowered.data(), stored.size());
}

/// A lowered copy of a name on the stack.
class LoweredName {
 public:
  explicit LoweredName(NameView name) noexcept : size_(name.size()) {
    wire::LowerOctets(name.data(), size_, octets_);
  }
  NameView view() const noexcept { return {octets_, size_}; }

 private:
  uint8_t octets_[wire::kMaxNameOctets];
  size_t size_;
};

/// Precondition: both lowered.
inline bool IsAtOrBelow(NameView name, NameView ancestor) noexcept {
  while (name.size() > ancestor.size()) name = ParentOf(name);
  return name.size() == ancestor.size() &&
         wire::SameOctets(name.data(), ancestor.data(), name.size());
}

}  // namespace waypost::zone
