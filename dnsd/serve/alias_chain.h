// The names that an answer passes through: the name asked for, and where CNAME and DNAME records
// lead.
//
// Thread safety: one thread. Ownership: borrows the name asked for. Nothing allocates; the others
// lie here, since records keep the case of their master file and lookups want lowered names.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "dnsd/wire/octet_words.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::serve {

class AliasChain {
 public:
  /// Longer chains are cut off there: resolvers give up at about as many, and a DNAME that leads
  /// below itself would never end.
  static constexpr size_t kMaxLinks = 12;

  /// `qname`: lowered.
  explicit AliasChain(zone::NameView qname) noexcept : qname_(qname) {}

  /// False: the DNAME at `owner` (as its zone stores it) was passed before, and is in the answer.
  bool PassDname(zone::NameView owner) noexcept {
    if (HasPassed(owner)) return false;
    dnames_[dname_count_++] = owner.data();
    return true;
  }
  bool HasPassed(zone::NameView owner) const noexcept {
    const auto passed = std::span(dnames_).first(dname_count_);
    return std::ranges::find(passed, owner.data()) != passed.end();
  }

  /// The name to look up now, lowered.
  zone::NameView name() const noexcept { return At(count_ - 1); }
  bool at_start() const noexcept { return count_ == 1; }

  /// Goes on to `target` (any case). False: the chain is too long, or was there before; then it
  /// stays where it is.
  bool Follow(zone::NameView target) noexcept {
    if (count_ > kMaxLinks) return false;
    wire::LowerOctets(target.data(), target.size(), targets_[count_ - 1].data());
    sizes_[count_ - 1] = static_cast<uint8_t>(target.size());
    for (size_t i = 0; i < count_; ++i) {
      if (std::ranges::equal(At(i), At(count_))) return false;
    }
    ++count_;
    return true;
  }

 private:
  zone::NameView At(size_t i) const noexcept {
    return i == 0 ? qname_ : zone::NameView{targets_[i - 1].data(), sizes_[i - 1]};
  }

  const zone::NameView qname_;
  size_t count_ = 1;
  size_t dname_count_ = 0;
  std::array<uint8_t, kMaxLinks> sizes_;
  std::array<const uint8_t*, kMaxLinks + 1> dnames_;  // where their owners stand
  std::array<std::array<uint8_t, wire::kMaxNameOctets>, kMaxLinks> targets_;
};

}  // namespace waypost::serve
