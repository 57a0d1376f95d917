// One zone as an immutable value, laid out to be asked: names in a hash index, RRsets already in
// wire format.
//
// Records that a policy decides ("steered") are slots in their owner's node: the zone knows which
// types of which name are steered, and a small number that leads the caller to the compiled record.
// So a change of weights, pools or policies never touches a zone.
//
// Thread safety: immutable after Build. Errors: building reports all it finds (zone/master_file.h,
// zone/builder.h). Lookups are noexcept and allocate nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/base/prefetch.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/steered_types.h"
#include "dnsd/zone/type.h"

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
  static constexpr size_t kMaxRrsets = (1U << 14) - 1;

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

 private:
  const uint8_t* owner_;
  const RrSet* rrsets_ = nullptr;
  uint32_t slot_ = Steered::kNone;
  uint16_t rrset_count_ : 14 = 0;
  uint16_t is_cut_ : 1 = 0;
  uint16_t is_occluded_ : 1 = 0;
  uint8_t owner_octets_;
  SteeredTypes steered_types_;
};
static_assert(sizeof(Node) == 24 && sizeof(RrSet) == 16);

enum class Match : uint8_t {
  kExact,      // node owns the name (it may be an empty non-terminal)
  kWildcard,   // node is the source of synthesis (RFC 4592 section 3.3.1)
  kDelegated,  // node is the topmost cut at or above the name
  kDname,      // node is above the name and has a DNAME (RFC 6672)
  kNone,       // NXDOMAIN
};

struct Found {
  Match match = Match::kNone;
  const Node* node = nullptr;  // set unless kNone
};

class Zone {
 public:
  virtual ~Zone() = default;

  const wire::Name& origin() const { return origin_; }
  const Node& apex() const { return *apex_; }
  uint32_t serial() const { return serial_; }
  /// TTL of negative answers: the smaller of the SOA's own and its MINIMUM (RFC 2308 section 3).
  uint32_t negative_ttl() const { return negative_ttl_; }
  /// All names, the apex first and parents before their children; also what is at and below cuts.
  virtual std::span<const Node> nodes() const noexcept = 0;
  uint64_t name_count() const { return nodes().size(); }
  /// Counts them.
  uint64_t record_count() const {
    uint64_t records = 0;
    for (const Node& node : nodes()) {
      for (const RrSet& rrset : node.rrsets()) records += rrset.count;
    }
    return records;
  }

  /// `qname`: lowered wire format, at or below the origin. Cuts take precedence over what is below
  /// them; at a cut itself the result is kDelegated (the caller handles DS, RFC 4035
  /// section 3.1.4.1).
  virtual Found Find(std::span<const uint8_t> qname) const noexcept = 0;
  /// The node with exactly this lowered name, cuts and wildcards not considered (glue, additional
  /// data); may be null.
  virtual const Node* FindExact(std::span<const uint8_t> name) const noexcept = 0;

  /// Finding a name in two steps, each of which begins to load what the next will read. The result
  /// is for the second step.
  virtual uint64_t PrefetchSlot(std::span<const uint8_t> qname) const noexcept = 0;
  /// The node that is probably this name's; null: there is none.
  virtual const Node* PrefetchNode(uint64_t hash) const noexcept = 0;

 protected:
  Zone() = default;

  wire::Name origin_;
  const Node* apex_ = nullptr;
  uint32_t serial_ = 0;
  uint32_t negative_ttl_ = 0;
};

/// Octets of the fields of any zone.
inline constexpr size_t kZoneFieldOctets = 256;

/// Begins to load the fields themselves; null: nothing.
inline void PrefetchFields(const Zone* zone) noexcept {
  const auto* const fields = reinterpret_cast<const char*>(zone);
  for (size_t at = 0; at < kZoneFieldOctets; at += 64) Prefetch(fields + at);
}

}  // namespace waypost::zone
