#include "dnsd/control/zone_images.h"

#include <set>

#include "dnsd/wire/name.h"

namespace waypost::control {
namespace {

/// What RRsets and records are laid over is the same.
bool IsSameBase(const config::BuiltZone& a, const config::BuiltZone& b) {
  if (a.zone == nullptr || b.zone == nullptr || a.extras->content != b.extras->content)
    return false;
  if (a.extras->variant != nullptr && b.extras->variant != nullptr)
    return a.extras->variant->base == b.extras->variant->base;
  return a.resource == b.resource || a.resource->zone().text() == b.resource->zone().text();
}

void AddSteered(const ZoneVersion& version, std::set<std::string>& owners) {
  for (const uint32_t record : version.zone.steered) {
    owners.emplace(version.built.steering->records[record].name.wire());
  }
}

/// The owners of RRsets that are not the same resource in `other`, which is sorted as well.
void AddOthers(const config::Overlay& these, const config::Overlay& other,
               std::set<std::string>& owners) {
  const std::set<std::shared_ptr<const v1::Resource>> known(other.begin(), other.end());
  for (const auto& resource : these) {
    if (known.contains(resource)) continue;
    const auto name = wire::Name::Parse(resource->rrset().name());
    if (name) owners.emplace(name->Lowered().wire());
  }
}

}  // namespace

std::shared_ptr<const transfer::ZoneImage> ImageOf(const config::BuiltZone& zone,
                                                   const steer::Steering& steering) {
  auto image = std::make_shared<transfer::ZoneImage>();
  image->zone = zone.zone;
  for (const uint32_t record : zone.steered) {
    image->fallbacks.push_back(steer::FallbackOf(steering.records[record], steering.topology));
  }
  return image;
}

std::optional<std::vector<std::string>> ChangedOwners(const ZoneVersion& before,
                                                      const ZoneVersion& after) {
  std::set<std::string> owners;
  if (before.zone.zone != after.zone.zone) {
    if (!IsSameBase(before.zone, after.zone)) return std::nullopt;
    AddOthers(before.zone.extras->overlay, after.zone.extras->overlay, owners);
    AddOthers(after.zone.extras->overlay, before.zone.extras->overlay, owners);
  }
  AddSteered(before, owners);
  AddSteered(after, owners);
  return std::vector<std::string>(owners.begin(), owners.end());
}

}  // namespace waypost::control
