// $GENERATE: one line that stands for many records, as BIND has it.
//
//   $GENERATE START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE RDATA
//
// In OWNER and RDATA, `$` becomes the number, `${OFFSET[,WIDTH[,BASE]]}` the number plus the
// offset, filled up with zeros to the width, in base d, o, x or X, or as nibbles of ip6.arpa (n or
// N: hexadecimal labels, the lowest first, whose dots count in the width); `\$` and `$$` stand for
// a dollar sign. RDATA of several words may stand in quotes, as BIND wants it.
//
// Thread safety: pure. Errors: a Result that says what is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dnsd/base/result.h"

namespace waypost::zone {

struct GenerateRange {
  uint32_t start = 0;
  uint32_t stop = 0;
  uint32_t step = 1;

  uint64_t count() const { return (uint64_t{stop} - start) / step + 1; }
};

/// "1-10" or "1-10/2"; numbers up to 2^31 - 1, start not above stop, step at least 1.
Result<GenerateRange> ParseGenerateRange(std::string_view text);

/// `pattern` with `number` put in.
Result<std::string> ExpandPattern(std::string_view pattern, uint32_t number);

}  // namespace waypost::zone
