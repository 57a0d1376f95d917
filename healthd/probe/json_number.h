// One number out of a JSON text. The only place that knows Boost.JSON.
//
// Thread safety: pure. Errors: say what is wrong, without the text itself, which is a peer's.
// Limits: values within values 32 deep.
#pragma once

#include <string_view>

#include "dnsd/base/result.h"

namespace waypost::probe {

/// Empty, or steps that begin with '/', in which '~' is followed by 0 or 1 (RFC 6901 section 3).
bool IsJsonPointer(std::string_view text);

/// What `pointer` names: a number, or a string that is one; finite.
Result<double> FindNumber(std::string_view json, std::string_view pointer);

}  // namespace waypost::probe
