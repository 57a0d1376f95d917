#include "dnsd/config/placing.h"

#include "dnsd/config/scalar.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {
LaidByZone Place(const Names& ids, const ResourceSet& resources, Problems& problems) {
  const Catalog catalog = CatalogOf(resources);
  LaidByZone zones;
  for (const std::string& id : ids) {
    const auto found = resources.find(id);
    if (found == resources.end()) continue;
    const v1::Resource& resource = *found->second;
    const bool is_record = resource.has_record();
    const auto name =
        wire::Name::Parse(is_record ? resource.record().name() : resource.rrset().name());
    if (!name) continue;  // its own check says so
    const std::string& view = is_record ? resource.record().view() : resource.rrset().view();
    const std::string zone = ZoneOf(*name, view, catalog);
    if (zone.empty()) {
      steer::Reporter(&problems, Describe(resource)).Fail("name", "lies in none of the zones");
    } else if (!is_record && Scoped::Parse(zone).view == view) {
      zones[zone].rrsets.push_back(found->second);
    }
  }
  return zones;
}

void PlaceOwners(const std::vector<zone::SteeredOwner>& owners, const ResourceSet& resources,
                 LaidByZone& zones, Problems& problems) {
  const Catalog catalog = CatalogOf(resources);
  for (const zone::SteeredOwner& owner : owners) {
    const std::string name = Scoped{owner.owner.ToString(), owner.view}.ToString();
    const std::string zone = ZoneOf(owner.owner, owner.view, catalog);
    if (!zone.empty()) {
      if (Scoped::Parse(zone).view == owner.view) zones[zone].owners.push_back(owner);
    } else if (Find(catalog.records, name) == nullptr && !owner.owner.is_root()) {
      problems.push_back({.object = "target " + Quoted(name),
                          .fact = "lies in none of the zones, and a service names it"});
    }
  }
}

}  // namespace waypost::config
