// What an answer is put together from: RRsets, referrals with their glue, negative answers,
// and the short answer to ANY.
//
// Thread safety: one thread. Errors: what is required and does not fit sets TC (RFC 2181 section
// 9); what is optional is left out. Nothing allocates.
#pragma once

#include <cstdint>
#include <limits>

#include "dnsd/serve/exchange.h"
#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::serve {

inline constexpr uint32_t kNoTtlLimit = std::numeric_limits<uint32_t>::max();

inline wire::Records AsRecords(const zone::RrSet& rrset) noexcept {
  return {.type = rrset.type, .count = rrset.count, .ttl_s = rrset.ttl, .rdata = rrset.rdata()};
}

/// False: it did not fit, and TC is set.
bool AddRequired(Exchange& x, wire::Section section, zone::NameView owner,
                 const wire::Records& records) noexcept;

/// A CNAME record from `owner` to `target`; false as above.
bool AddAlias(Exchange& x, zone::NameView owner, zone::NameView target, uint32_t ttl_s) noexcept;

/// The RRset asked for, and the addresses of the hosts that it names while there is room.
void AddAnswer(Exchange& x, const zone::Zone& zone, zone::NameView owner,
               const zone::RrSet& rrset) noexcept;

/// `node` is a cut: its name servers, with the glue that the zone has.
void AddReferral(Exchange& x, const zone::Zone& zone, const zone::Node& node) noexcept;

/// The zone's SOA with the TTL of negative answers (RFC 2308 section 3), or less: where a policy
/// found nothing to send to, what is gone may be back within the time that its answers stand.
void AddNegative(Exchange& x, const zone::Zone& zone, uint32_t ttl_limit_s = kNoTtlLimit) noexcept;

/// The one RRset of the node that answers ANY (RFC 8482 section 4.1): the smallest; null: it has
/// none.
const zone::RrSet* SmallestRrset(const zone::Node& node) noexcept;

/// For ANY where all is decided by policy: a synthesised HINFO (RFC 8482 section 4.2).
void AddHinfo(Exchange& x, zone::NameView owner) noexcept;

}  // namespace waypost::serve
