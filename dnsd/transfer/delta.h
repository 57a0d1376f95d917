// Differences of zones put to use: what a zone's records are after an IXFR (RFC 1995).
//
// Thread safety: pure. Errors: differences that do not fit what we have (something to be removed is
// not there, something to be added is); the whole zone must be fetched then.
#pragma once

#include <span>

#include "dnsd/base/result.h"
#include "dnsd/transfer/transfer_reader.h"
#include "dnsd/zone/records.h"

namespace waypost::transfer {

/// The SOA of records that begin with it, as those of a Transfer do.
SoaNumbers SoaOf(const zone::Records& records);

/// `base` begins with its SOA, and so does the result. Its TTLs do not matter for what is removed.
Result<zone::Records> ApplyDeltas(const zone::Records& base, std::span<const Delta> deltas);

}  // namespace waypost::transfer
