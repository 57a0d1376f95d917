// A zone with some RRsets changed, at a cost that follows the change and not the zone.
//
// Thread safety: pure. Errors: none are told. What would be one, and whatever cannot be judged
// without a look at the whole zone, gives no zone: it is to be built anew, and that says all.
// Warnings are those about the names that differ.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "dnsd/zone/builder.h"
#include "dnsd/zone/rrset_value.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {

struct PatchLimits {
  /// A zone of fewer names is built anew in two milliseconds.
  size_t fewest_names = 4096;
  /// Names that the second layer may have: one in so many of the zone's, and no more than it takes
  /// a few milliseconds to lay out again with each change.
  size_t share = 16;
  size_t most_names = 4096;
};

/// `zone` with these RRsets, each of another name or type. Null: it must be built anew, because
///
/// * it is so small that this costs less than a second layer, or so much of it has changed that the
///   layer is no longer a small one;
/// * a delegation or DNAME changes, or something at or below a delegation or below a DNAME;
/// * a name goes, and it takes a look at all names to know whether those above it stay;
/// * the result breaks a rule.
///
/// `zone` is what BuildZone or PatchZone returned. A name that was there keeps its spelling, which
/// of a zone built anew may be that of the change.
BuiltZone PatchZone(const std::shared_ptr<const Zone>& zone, std::span<const RrsetValue> changes,
                    const PatchLimits& limits = {});

}  // namespace waypost::zone
