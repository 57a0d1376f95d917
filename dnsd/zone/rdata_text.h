// The text of types and RDATA to wire format: the field's common types by our own short tables, all
// others through ldns. The only file of waypost-dnsd that includes ldns is rdata_text.cc.
//
// Thread safety: pure. Errors: a Result that says what is wrong with the text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

/// A mnemonic in any case, or TYPE12345; absent also for what is no type of data (OPT, TSIG, ANY,
/// AXFR, and all others of RFC 6895 section 3.1).
std::optional<uint16_t> ParseType(std::string_view text);
/// The mnemonic, or TYPE12345.
std::string TypeName(uint16_t type);

/// Whether the octets are such as the type wants them; true for unknown types.
bool IsRdata(uint16_t type, std::span<const uint8_t> rdata);

/// The RDATA as a master file writes it, with absolute names, in one line; what ldns has no good
/// words for as \\# LENGTH HEX. ParseRdata reads the same octets from it.
std::string RdataText(uint16_t type, std::span<const uint8_t> rdata);

/// The RDATA of one record replaces `rdata`. `words` as the scanner made them, less than
/// kMaxEntryOctets together; relative names in them are relative to `origin`. On error `rdata` may
/// hold a part.
Status ParseRdata(uint16_t type, std::span<const std::string_view> words, NameView origin,
                  std::vector<uint8_t>& rdata);

}  // namespace waypost::zone
