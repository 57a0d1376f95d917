// A zone as others may have it: its records, with the static fallback of each steered one
// (steer/fallback.h) in its place.
//
// Thread safety: immutable. Ownership: shares the zone; cursors and views borrow from the image.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dnsd/steer/fallback.h"
#include "dnsd/transfer/message_writer.h"
#include "dnsd/zone/zone.h"

namespace waypost::transfer {

/// Records in an order of their own, one after the other.
class RrCursor {
 public:
  virtual ~RrCursor() = default;
  /// False: there is none any more. The view is valid while the cursor is.
  virtual bool Next(RrView& record) = 0;
};

struct ZoneImage {
  std::shared_ptr<const zone::Zone> zone;
  std::vector<std::vector<steer::FallbackSet>> fallbacks;  // by Steered::slot

  uint32_t serial() const { return zone->serial(); }
  /// The zone's one SOA.
  RrView Soa() const;
};

/// What the image has at one of its zone's nodes, without the SOA.
void ForEachAt(const ZoneImage& image, const zone::Node& node,
               const std::function<void(const RrView&)>& visit);
/// Everything but the SOA.
std::unique_ptr<RrCursor> RecordsOf(std::shared_ptr<const ZoneImage> image);
/// The SOA, everything else, the SOA again (RFC 5936 section 2.2).
std::unique_ptr<RrCursor> WholeZone(std::shared_ptr<const ZoneImage> image);

}  // namespace waypost::transfer
