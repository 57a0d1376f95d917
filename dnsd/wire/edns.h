// What the OPT record of a query says (RFC 6891): payload size, version, DO, and of the options
// Client Subnet (RFC 7871), NSID (RFC 5001), Cookie (RFC 7873), TCP keepalive (RFC 7828) and
// padding (RFC 7830); other options and unknown flags are passed over.
//
// Thread safety: values. Ownership: a cookie points into the packet. Errors: a small enum; nothing
// here allocates or throws.
#pragma once

#include <cstdint>
#include <span>

#include "dnsd/base/ip.h"
#include "dnsd/wire/header.h"

namespace waypost::wire {

inline constexpr uint16_t kTypeOpt = 41;
inline constexpr uint16_t kOptionNsid = 3;
inline constexpr uint16_t kOptionClientSubnet = 8;
inline constexpr uint16_t kOptionCookie = 10;
inline constexpr uint16_t kOptionKeepalive = 11;
inline constexpr uint16_t kOptionPadding = 12;
inline constexpr uint16_t kOptionExtendedError = 15;
/// An OPT record without options: root owner, type, class, TTL, RDLENGTH.
inline constexpr size_t kBareOptOctets = 11;
/// Option code and option length.
inline constexpr size_t kOptionHeaderOctets = 4;
/// Of a client subnet: FAMILY, SOURCE and SCOPE PREFIX-LENGTH.
inline constexpr size_t kSubnetFixedOctets = 4;
/// DO, in the TTL field of OPT.
inline constexpr uint32_t kDnssecOk = 0x8000;

struct ClientSubnet {
  bool present = false;
  uint16_t family = 0;  // as in the packet: 1, 2, or 0 when there is no address
  uint8_t source_length = 0;
  IpAddress address;  // its bits after source_length are zero

  /// SOURCE PREFIX-LENGTH 0 asks the server not to look at the client (RFC 7871 section 7.1.2).
  bool tells_client() const noexcept { return present && source_length > 0; }
  size_t address_octets() const noexcept { return (source_length + 7U) / 8; }
};

/// A cookie is the client's 8 octets, alone or with the server's 8 to 32 (RFC 7873 section 4).
inline constexpr size_t kClientCookieOctets = 8;
inline constexpr size_t kMinServerCookieOctets = 8;
inline constexpr size_t kMaxServerCookieOctets = 32;

struct Edns {
  bool present = false;
  bool dnssec_ok = false;
  bool wants_nsid = false;
  bool has_keepalive = false;
  bool has_padding = false;
  uint8_t version = 0;
  uint16_t payload = kMinUdpPayload;  // never below 512 (RFC 6891 section 6.2.3)
  ClientSubnet subnet;
  std::span<const uint8_t> cookie;  // of a length that RFC 7873 allows; empty: none
};

/// Fills `edns` from the fields of an OPT record. kFormErr: options that do not fill RDATA exactly,
/// or a client subnet or cookie that breaks its RFC; kBadVers: a version above 0, options not
/// looked at. Of several cookies the first one counts (RFC 7873 section 5.2).
Rcode ParseOpt(uint16_t record_class, uint32_t ttl, std::span<const uint8_t> rdata,
               Edns& edns) noexcept;

/// The option's data. False: FORMERR (RFC 7871 sections 6 and 7.1.2): SCOPE not 0, an address that
/// is not ceil(SOURCE / 8) octets, bits set after SOURCE, SOURCE longer than the family's address,
/// or a family other than 1 and 2. (Family 0 without address bits is taken, since stub resolvers
/// send it to opt out, and section 7.1.2 calls the family irrelevant there.)
bool ParseClientSubnet(std::span<const uint8_t> data, ClientSubnet& subnet) noexcept;

/// Writes a whole option, with its header, as the reply's echo of `subnet`: 8 to 24 octets.
size_t WriteClientSubnet(const ClientSubnet& subnet, uint8_t scope, uint8_t* out) noexcept;

}  // namespace waypost::wire
