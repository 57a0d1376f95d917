#include "dnsd/serve/snapshot.h"

namespace waypost::serve {
namespace {

/// Numbers of a view's own zones begin here.
constexpr uint32_t kFirstOwn = uint32_t{1} << 31;

}  // namespace

FoundZone Snapshot::FindSeen(std::span<const uint8_t> qname,
                             const ServedView& view) const noexcept {
  constexpr uint32_t kNone = zone::ZoneIndex::kNone;
  const uint32_t common = view.own_zones_only ? kNone : index->Find(qname);
  const uint32_t own = view.index.Find(qname);
  if (own == kNone) return At(common);
  const bool is_below =
      common != kNone && index->origin_octets(common) > view.index.origin_octets(own);
  return is_below ? At(common) : FoundZone{&view.zones[own], kFirstOwn + own};
}

}  // namespace waypost::serve
