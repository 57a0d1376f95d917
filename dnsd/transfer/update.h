// Dynamic update (RFC 2136): what an UPDATE message makes of a zone.
//
// Thread safety: pure. Errors: an rcode, as the RFC has them; then nothing is changed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/transfer/message.h"
#include "dnsd/zone/rrset_value.h"
#include "dnsd/zone/zone.h"

namespace waypost::transfer {

using RrsetChange = zone::RrsetValue;

struct UpdateResult {
  uint16_t rcode = 0;
  /// Empty: everything was so already. Else the SOA is among them, with a newer serial (RFC 2136
  /// section 3.6).
  std::vector<RrsetChange> changes;
};

/// May the sender change this RRset? `owner`: wire format, lowered.
using MayChange = std::function<bool(std::string_view owner, uint16_t type)>;

/// Checks prerequisites and permissions and applies the changes in their order. Steered RRsets
/// exist, and are never the sender's to change.
UpdateResult ApplyUpdate(const zone::Zone& zone, const Message& update, const MayChange& may);

}  // namespace waypost::transfer
