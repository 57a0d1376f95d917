// Records and differences as octets, as the store keeps them (dnsd/store/FORMAT.md).
//
// Thread safety: pure. Errors: kInvalid for octets that are not what was written.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dnsd/base/result.h"
#include "dnsd/transfer/transfer_reader.h"
#include "dnsd/zone/records.h"

namespace waypost::transfer {

/// About so many octets stand in one piece: little memory while writing, few keys.
inline constexpr size_t kPieceOctets = size_t{1} << 20;

/// Calls `write` with one piece after the other; stops at its first error.
Status WriteRecords(const zone::Records& records,
                    const std::function<Status(std::string piece)>& write);
/// Appends what a piece holds.
Status ReadRecords(std::string_view piece, zone::Records& records);

std::string WriteDelta(const Delta& delta);
Result<Delta> ReadDelta(std::string_view octets);

}  // namespace waypost::transfer
