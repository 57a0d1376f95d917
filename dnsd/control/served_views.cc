#include "dnsd/control/served_views.h"

#include <vector>

namespace waypost::control {

serve::ServedZone Served(const config::BuiltZone& zone, const steer::Steering& steering) {
  serve::ServedZone served{zone.zone, {}, zone.ecs, zone.extras->allow_query};
  for (const uint32_t record : zone.steered) served.steered.push_back(&steering.records[record]);
  return served;
}

std::shared_ptr<const serve::Views> ViewsOf(const config::Built& built) {
  if (built.views == nullptr) return nullptr;
  auto views = std::make_shared<serve::Views>();
  views->map = built.views->map;
  for (const config::BuiltView& view : built.views->views) {
    serve::ServedView& served = views->views.emplace_back();
    served.name = view.name;
    served.own_zones_only = view.own_zones_only;
    std::vector<wire::Name> origins;
    for (const std::string& name : view.zones) {
      const config::BuiltZone& zone = built.zones.at(name);
      served.zones.push_back(Served(zone, *built.steering));
      origins.push_back(zone.Origin());
    }
    served.index = zone::ZoneIndex::Build(origins);
  }
  return views;
}

}  // namespace waypost::control
