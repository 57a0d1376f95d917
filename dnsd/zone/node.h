// One name of a zone, and what it has.
//
// Thread safety: immutable once its zone is made. Ownership: borrows all that it points to from the
// zone.
#pragma once

#include <cstdint>
#include <span>

#include "dnsd/zone/steered_types.h"

namespace waypost::zone {

/// 16 octets; a zone of a million names has a million.
struct RrSet {
  /// `count` times: two octets of length in network order, then that many octets of uncompressed
  /// RDATA.
  const uint8_t* records = nullptr;
  uint32_t ttl = 0;  // seconds
  uint16_t type = 0;
  uint16_t count = 0;

  /// All of `records`.
  std::span<const uint8_t> rdata() const noexcept {
    const uint8_t* end = records;
    for (uint16_t left = count; left > 0; --left) end += 2 + (end[0] << 8 | end[1]);
    return {records, end};
  }
};

/// The types of one owner that a policy answers.
struct Steered {
  static constexpr uint32_t kNone = ~uint32_t{0};
  uint32_t slot =
      kNone;  // position among the zone's steered owners, in the order given to the builder
  SteeredTypes types;
  bool any() const { return slot != kNone; }
};

/// One name. 24 octets, so that most lie within one line of the cache.
class Node {
 public:
  /// RRsets of one name at most.
  static constexpr size_t kMaxRrsets = (1U << 13) - 1;

  /// `owner` is a whole name in wire format, and is borrowed.
  explicit Node(std::span<const uint8_t> owner) noexcept
      : owner_(owner.data()), owner_octets_(static_cast<uint8_t>(owner.size())) {}

  /// In the case of the master file.
  std::span<const uint8_t> owner() const noexcept { return {owner_, owner_octets_}; }
  /// By ascending type.
  std::span<const RrSet> rrsets() const noexcept { return {rrsets_, rrset_count_}; }
  Steered steered() const noexcept { return {slot_, steered_types_}; }
  /// Has NS and is not the apex.
  bool is_cut() const noexcept { return is_cut_; }
  /// Below a cut or a DNAME.
  bool is_occluded() const noexcept { return is_occluded_; }
  /// There are names below it.
  bool has_children() const noexcept { return has_children_; }

  const RrSet* Find(uint16_t type) const noexcept {
    for (const RrSet& rrset : rrsets()) {
      if (rrset.type == type) return &rrset;
    }
    return nullptr;
  }
  /// An empty non-terminal exists only because of names below it (RFC 4592 section 2.2.2).
  bool is_empty() const noexcept { return rrset_count_ == 0 && slot_ == Steered::kNone; }

  // For those who make zones.
  /// The same name at another place.
  void MoveOwner(const uint8_t* owner) noexcept { owner_ = owner; }
  /// `rrset` follows the former one in memory. Precondition: fewer than kMaxRrsets.
  void Append(const RrSet* rrset) noexcept {
    if (rrset_count_++ == 0) rrsets_ = rrset;
  }
  void Steer(Steered steered) noexcept {
    slot_ = steered.slot;
    steered_types_ = steered.types;
  }
  void Mark(bool is_cut, bool is_occluded) noexcept {
    is_cut_ = is_cut;
    is_occluded_ = is_occluded;
  }
  void MarkParent() noexcept { has_children_ = 1; }

 private:
  const uint8_t* owner_;
  const RrSet* rrsets_ = nullptr;
  uint32_t slot_ = Steered::kNone;
  uint16_t rrset_count_ : 13 = 0;
  uint16_t is_cut_ : 1 = 0;
  uint16_t is_occluded_ : 1 = 0;
  uint16_t has_children_ : 1 = 0;
  uint8_t owner_octets_;
  SteeredTypes steered_types_;
};
static_assert(sizeof(Node) == 24 && sizeof(RrSet) == 16);

}  // namespace waypost::zone
