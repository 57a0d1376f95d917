// What stands between the owner and the RDATA of a record: [TTL] [CLASS] TYPE.
//
// Thread safety: pure. Errors: a Result that says what is wrong with the text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dnsd/base/result.h"

namespace waypost::zone {

using Words = std::span<const std::string_view>;

/// RFC 2181 section 8: more than this counts as zero.
inline constexpr uint32_t kMaxTtl = 0x7FFFFFFF;

struct RecordHead {
  std::optional<uint32_t> ttl;  // seconds, as it is written
  uint16_t type = 0;
  Words rdata;
};

/// TTL and class may come in either order and may be left out; the class must be IN.
Result<RecordHead> ParseRecordHead(Words words);

/// A number of seconds or a period of up to 32 bits.
Result<uint32_t> ParseTtl(std::string_view word);

/// ASCII.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace waypost::zone
