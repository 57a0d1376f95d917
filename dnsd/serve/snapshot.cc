#include "dnsd/serve/snapshot.h"

namespace waypost::serve {

uint32_t Snapshot::FindZoneIn(const ServedView& view,
                              std::span<const uint8_t> qname) const noexcept {
  constexpr uint32_t kNone = zone::ZoneIndex::kNone;
  const uint32_t common = view.own_zones_only ? kNone : index->Find(qname);
  const uint32_t own = view.index.Find(qname);
  if (own == kNone) return common;
  const bool is_below =
      common != kNone && index->origin_octets(common) > view.index.origin_octets(own);
  return is_below ? common : view.zones[own];
}

}  // namespace waypost::serve
