// The parameters of SVCB and HTTPS records: what RFC 9460 wants of them besides being there.
//
// Thread safety: pure. Errors: a Result that says what is wrong.
#pragma once

#include <cstdint>
#include <span>

#include "dnsd/base/result.h"

namespace waypost::zone {

/// Keys ascend, none twice; values are such as their keys want; what is mandatory is there
/// (sections 2.2, 7 and 8). Precondition: priority and target lie in `rdata`.
Status CheckServiceParams(std::span<const uint8_t> rdata);

}  // namespace waypost::zone
