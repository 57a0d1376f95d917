// RDATA that is a row of addresses, names and numbers: A, AAAA, NS, CNAME, PTR, DNAME, MX, SRV and
// SOA, which nearly all records of a zone are. Reading them here is some ten times as fast as
// ldns, which allocates a third of a megabyte for each record.
//
// Thread safety: pure. Errors: a Result that says what is wrong with the text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

/// One letter a field: '4' and '6' an address, 'n' a name, '1', '2' and '5' a number of 8, 16 and
/// 32 bits, 't' a period such as 1h30m.
struct PlainType {
  uint16_t type;
  std::string_view mnemonic;
  std::string_view fields;
};

const PlainType* FindPlainType(uint16_t type);
/// In any case.
const PlainType* FindPlainType(std::string_view mnemonic);

/// Appends to `rdata`.
Status ParsePlainRdata(const PlainType& type, std::span<const std::string_view> words,
                       NameView origin, std::vector<uint8_t>& rdata);

/// Where the only name in the RDATA of this type begins; absent if there is none or more than one,
/// or if the type is not a plain one.
std::optional<size_t> NameOffset(uint16_t type);

/// A number of seconds, or a period in BIND's units: 1w2d3h4m5s. At most 2^32 - 1.
std::optional<uint32_t> ParsePeriod(std::string_view text);
/// Decimal digits only.
std::optional<uint32_t> ParseNumber(std::string_view text, uint32_t max);

}  // namespace waypost::zone
