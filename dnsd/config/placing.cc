#include "dnsd/config/placing.h"

#include "dnsd/config/scalar.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {
namespace {

/// Empty: there is none, or none that is declared.
std::string ZoneIn(const Realm& realm, const wire::Name& name, const std::string& view) {
  const std::string declared = ZoneOf(name, view, CatalogOf(realm.declared));
  return declared.empty() ? "" : ZoneOf(name, view, CatalogOf(realm.all));
}

}  // namespace

LaidByZone Place(const Names& ids, const Realm& realm, Problems& problems) {
  LaidByZone zones;
  for (const std::string& id : ids) {
    const auto found = realm.declared.find(id);
    if (found == realm.declared.end()) continue;
    const v1::Resource& resource = *found->second;
    const bool is_record = resource.has_record();
    const auto name =
        wire::Name::Parse(is_record ? resource.record().name() : resource.rrset().name());
    if (!name) continue;  // its own check says so
    const std::string& view = is_record ? resource.record().view() : resource.rrset().view();
    const std::string zone = ZoneIn(realm, *name, view);
    if (zone.empty()) {
      steer::Reporter(&problems, Describe(resource)).Fail("name", "lies in none of the zones");
    } else if (!is_record && Scoped::Parse(zone).view == view) {
      zones[zone].rrsets.push_back(found->second);
    }
  }
  return zones;
}

void PlaceOwners(const std::vector<zone::SteeredOwner>& owners, const Realm& realm,
                 LaidByZone& zones, Problems& problems) {
  const Catalog catalog = CatalogOf(realm.declared);
  for (const zone::SteeredOwner& owner : owners) {
    const std::string name = Scoped{owner.owner.ToString(), owner.view}.ToString();
    const std::string zone = ZoneIn(realm, owner.owner, owner.view);
    if (!zone.empty()) {
      if (Scoped::Parse(zone).view == owner.view) zones[zone].owners.push_back(owner);
    } else if (Find(catalog.records, name) == nullptr && !owner.owner.is_root()) {
      problems.push_back({.object = "target " + Quoted(name),
                          .fact = "lies in none of the zones, and a service names it"});
    }
  }
}

}  // namespace waypost::config
