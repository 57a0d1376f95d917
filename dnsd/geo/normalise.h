// IPv6 addresses that carry the IPv4 address of their client, and the prefixes that hold them.
//
// A prefix of the IPv4 address of `n` bits is a prefix of the outer address of
// `n + extra_bits` bits: the bits before the embedded address are the same for all of them, and
// Teredo's inversion keeps common leading bits in common. So the map keeps one leaf per IPv4
// prefix, and its length for the outer address is found by an addition.
//
// A client subnet (RFC 7871) that is shorter than `extra_bits`, or that ends inside of the embedded
// address, leaves the missing bits zero. It is located as that zero-filled address, and the scope
// may be longer than the source: this is how section 7.2.1 says that more bits would matter. A
// shorter scope would overlap the tailored prefixes of other clients.
//
// Thread safety: pure functions.
#pragma once

#include "dnsd/geo/atlas.h"

namespace waypost::geo {

/// True: the bits of the prefix are exactly those before an embedded IPv4 address, so that every
/// address in it is located by IPv4. `address` is IPv6.
bool IsEmbeddingPrefix(const IpAddress& address, uint8_t length) noexcept;

/// True: the prefix of IPv4-compatible addresses, ::/96 (RFC 4291 section 2.5.5.1, deprecated),
/// where databases keep their IPv4 tree. No client has such an address.
bool IsIpv4TreePrefix(const IpAddress& address, uint8_t length) noexcept;

/// The IPv4 prefix that `prefix` embeds, or `prefix` itself.
IpPrefix NormalisePrefix(const IpPrefix& prefix) noexcept;

}  // namespace waypost::geo
