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
#include <span>

#include "dnsd/base/prefetch.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/node.h"
#include "dnsd/zone/node_range.h"
#include "dnsd/zone/type.h"

namespace waypost::zone {

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
  virtual NodeRange nodes() const noexcept = 0;
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
