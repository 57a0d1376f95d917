#include "dnsd/config/produced_catalogs.h"

namespace waypost::config {

std::map<std::string, std::vector<CatalogMember>> MembersByCatalog(const Catalog& catalog) {
  std::map<std::string, std::vector<CatalogMember>> members;
  for (const auto& [name, zone] : catalog.zones) {
    const auto origin = wire::Name::Parse(zone->origin());
    if (zone->member_of().empty() || !origin) continue;
    CatalogMember member{origin->Lowered(), {}, ""};
    if (!zone->catalog_group().empty()) member.groups = {zone->catalog_group()};
    const std::string lists = CanonicalDomain(zone->member_of());
    members[lists].push_back(member);
    if (zone->moves_from().empty()) continue;
    member.moves_to = lists;
    members[CanonicalDomain(zone->moves_from())].push_back(std::move(member));
  }
  return members;
}

std::shared_ptr<const zone::Records> ProducedContent(
    const v1::Zone& zone, const std::vector<CatalogMember>& members,
    const std::shared_ptr<const zone::Records>& before) {
  const auto origin = wire::Name::Parse(zone.origin());
  if (!origin) return nullptr;  // Validate says so
  auto made = std::make_shared<const zone::Records>(MakeCatalogZone(*origin, members));
  return before != nullptr && zone::IsSame(*before, *made) ? before : made;
}

}  // namespace waypost::config
