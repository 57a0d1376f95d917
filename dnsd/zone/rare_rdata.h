// The text of types that ldns does not read well enough: WKS (RFC 1035 section 3.4.2), for which it
// asks the system's databases, and IPSECKEY (RFC 4025 section 3) and AMTRELAY (RFC 8777 section
// 4.3), of which it takes relative names for absolute and leaks memory on errors, if it was built
// to know the latter at all.
//
// Thread safety: pure. Errors: a Result that says what is wrong with the text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

/// ADDRESS PROTOCOL SERVICE...: numbers, or the names of a few. Appends to `rdata`, which is empty.
Status ParseWks(std::span<const std::string_view> words, NameView origin,
                std::vector<uint8_t>& rdata);
/// PRECEDENCE GATEWAY-TYPE ALGORITHM GATEWAY KEY, the key in base64. Appends likewise.
Status ParseIpsecKey(std::span<const std::string_view> words, NameView origin,
                     std::vector<uint8_t>& rdata);
/// PRECEDENCE D-BIT TYPE RELAY. Appends likewise.
Status ParseAmtRelay(std::span<const std::string_view> words, NameView origin,
                     std::vector<uint8_t>& rdata);

}  // namespace waypost::zone
