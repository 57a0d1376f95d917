#include "dnsd/control/serials.h"

#include <algorithm>

#include "dnsd/control/updates.h"
#include "dnsd/steer/fallback.h"
#include "dnsd/wire/octets.h"

namespace waypost::control {
namespace {

constexpr size_t kSerialFromEnd = 20;

bool IsCopied(const v1::Zone& zone) {
  return config::IsProducedCatalog(zone) || !zone.allow_transfer().empty() ||
         !zone.notify().empty() || !zone.allow_update().empty();
}

std::vector<steer::FallbackSet> FallbackAt(const config::Built& built, uint32_t record) {
  return steer::FallbackOf(built.steering->records[record], built.steering->topology);
}

/// A transfer would say the same; the zone itself is shared where nothing of it changed.
bool IsSameForOthers(const config::Built& before, const config::BuiltZone& former,
                     const config::Built& after, const config::BuiltZone& zone) {
  return former.zone == zone.zone &&
         std::equal(
             former.steered.begin(), former.steered.end(), zone.steered.begin(), zone.steered.end(),
             [&](uint32_t a, uint32_t b) { return FallbackAt(before, a) == FallbackAt(after, b); });
}

/// RFC 1982 section 3.2.
bool IsNewer(uint32_t serial, uint32_t than) { return static_cast<int32_t>(serial - than) > 0; }

transfer::RrsetChange NextSoa(const zone::Zone& zone, uint32_t served) {
  const zone::RrSet& soa = *zone.apex().Find(zone::kSoa);
  std::string rdata(zone::AsText(soa.rdata().subspan(2)));
  const uint32_t next = served + 1 == 0 ? 1 : served + 1;
  wire::WriteU32(reinterpret_cast<uint8_t*>(rdata.data()) + rdata.size() - kSerialFromEnd, next);
  return {std::string(zone.origin().wire()), zone::kSoa, soa.ttl, {std::move(rdata)}};
}

/// Zones that may say something else than before.
config::Names Suspects(const config::Built& before, const config::Built& after) {
  config::Names origins;
  SharedMap<config::BuiltZone>::Compare(
      before.zones, after.zones,
      [&](const std::string& origin, const config::BuiltZone*, const config::BuiltZone* zone) {
        if (zone != nullptr) origins.insert(origin);
      });
  if (before.steering != after.steering) {
    origins.insert(after.steered_zones.begin(), after.steered_zones.end());
  }
  return origins;
}

/// What was served where this is now; of a new variant that is the zone of no view. May be null.
const config::BuiltZone* FormerOf(const config::BuiltZone& zone, const std::string& name,
                                  const config::Built& before) {
  auto former = before.zones.find(name);
  if (former == before.zones.end() && zone.extras->variant != nullptr) {
    former = before.zones.find(zone.Origin().ToString());
  }
  return former == before.zones.end() ? nullptr : &former->second;
}

}  // namespace

bool RaiseSerials(const config::Built& before, const config::Built& after,
                  config::ResourceSet& resources) {
  bool raised = false;
  for (const std::string& origin : Suspects(before, after)) {
    const config::BuiltZone& zone = after.zones.at(origin);
    const config::BuiltZone* former = FormerOf(zone, origin, before);
    // A zone that a catalog lists has no resources of its own to raise it by.
    if (former == nullptr || !zone.extras->listed_by.empty() || !IsCopied(zone.resource->zone()))
      continue;
    if (former->zone == nullptr || zone.zone == nullptr) continue;
    const uint32_t served = former->zone->serial();
    if (IsNewer(zone.zone->serial(), served)) continue;
    if (IsSameForOthers(before, *former, after, zone)) continue;
    resources = WithRrsets(resources, {&zone, zone.extras->view}, {NextSoa(*zone.zone, served)});
    raised = true;
  }
  return raised;
}

}  // namespace waypost::control
