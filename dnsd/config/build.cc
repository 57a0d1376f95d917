#include "dnsd/config/build.h"

#include <algorithm>
#include <iterator>

#include "dnsd/config/catalog.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/steer/compile.h"
#include "dnsd/zone/builder.h"

namespace waypost::config {
namespace {

template <typename T>
std::vector<const T*> InOrder(const ByName<T>& list) {
  std::vector<const T*> items;
  for (const auto& [name, item] : list) items.push_back(item);
  return items;
}

steer::CompileInput InputOf(const Catalog& catalog) {
  return {.regions = InOrder(catalog.regions),
          .pools = InOrder(catalog.pools),
          .networks = InOrder(catalog.networks),
          .policies = InOrder(catalog.policies),
          .records = InOrder(catalog.records)};
}

void Append(Problems& problems, Problems more) {
  std::move(more.begin(), more.end(), std::back_inserter(problems));
}

bool HasErrors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return !problem.is_warning; });
}

using SteeredOwners = std::vector<zone::SteeredOwner>;

zone::SteeredOwner OwnerOf(const v1::Record& record, wire::Name name) {
  zone::SteeredOwner owner{.owner = name.Lowered()};
  for (const int type : record.types()) {
    owner.a = owner.a || type == v1::RECORD_TYPE_A;
    owner.aaaa = owner.aaaa || type == v1::RECORD_TYPE_AAAA;
    owner.cname = owner.cname || type == v1::RECORD_TYPE_CNAME;
  }
  return owner;
}

/// The zone with the longest origin at or above the name; null: none.
SteeredOwners* ZoneOf(wire::Name name, std::map<std::string, SteeredOwners>& zones) {
  for (name = name.Lowered();; name = name.Parent()) {
    const auto zone = zones.find(name.ToString());
    if (zone != zones.end()) return &zone->second;
    if (name.is_root()) return nullptr;
  }
}

/// By zone, in the order of the records' names.
std::map<std::string, SteeredOwners> OwnersByZone(const Catalog& catalog) {
  std::map<std::string, SteeredOwners> zones;
  for (const auto& [origin, zone] : catalog.zones) zones[origin];
  for (const auto& [name, record] : catalog.records) {
    const auto owner = wire::Name::Parse(record->name());
    if (!owner) continue;
    if (SteeredOwners* zone = ZoneOf(*owner, zones)) zone->push_back(OwnerOf(*record, *owner));
  }
  return zones;
}

bool IsSame(const zone::SteeredOwner& owner, const steer::Record& record) {
  return owner.owner == record.name && owner.a == record.a && owner.aaaa == record.aaaa &&
         owner.cname == record.cname;
}

/// True: `before` answers as a zone built of `zone` and `owners` would.
bool CanTakeOver(const BuiltZone& before, const steer::Steering& steering, const v1::Zone& zone,
                 const SteeredOwners& owners) {
  const v1::Zone& declared = before.resource->zone();
  if (declared.origin() != zone.origin() || declared.text() != zone.text()) return false;
  return std::equal(owners.begin(), owners.end(), before.steered.begin(), before.steered.end(),
                    [&](const zone::SteeredOwner& owner, uint32_t record) {
                      return IsSame(owner, steering.records[record]);
                    });
}

const BuiltZone* FindBefore(const Built* previous, const std::string& name, const v1::Zone& zone,
                            const SteeredOwners& owners) {
  if (previous == nullptr) return nullptr;
  const auto before = previous->zones.find(name);
  if (before == previous->zones.end()) return nullptr;
  return CanTakeOver(before->second, *previous->steering, zone, owners) ? &before->second : nullptr;
}

/// Problems of text that came from no file are about the resource's field.
void NameTheZone(const std::string& name, Problems& problems) {
  for (Problem& problem : problems) {
    if (!problem.file.empty()) continue;
    const std::string line = problem.line == 0 ? "" : "line " + std::to_string(problem.line) + ": ";
    const std::string object = problem.object.empty() ? "" : problem.object + ": ";
    problem = {.object = "zone " + Quoted(name),
               .field = "text",
               .fact = line + object + problem.fact,
               .is_warning = problem.is_warning};
  }
}

std::shared_ptr<const zone::Zone> LoadZone(const std::string& name, const v1::Zone& zone,
                                           const SteeredOwners& owners, Problems& problems) {
  const auto origin = wire::Name::Parse(zone.origin());
  if (!origin || zone.text().empty()) return nullptr;  // Validate says so
  zone::BuiltZone loaded = zone::LoadZoneText(zone.text(), *origin, zone.file(), owners);
  NameTheZone(name, loaded.problems);
  Append(problems, std::move(loaded.problems));
  return loaded.zone;
}

std::vector<uint32_t> SlotsOf(const SteeredOwners& owners, const steer::Steering& steering) {
  std::map<std::string, uint32_t, std::less<>> by_name;
  for (const steer::Record& record : steering.records) {
    by_name.emplace(record.name.wire(), record.index);
  }
  std::vector<uint32_t> slots;
  for (const zone::SteeredOwner& owner : owners) {
    slots.push_back(by_name.find(owner.owner.wire())->second);
  }
  return slots;
}

std::shared_ptr<const PrefixSet> AllowedBy(const v1::Zone& zone) {
  if (zone.allow_query().empty()) return nullptr;
  std::vector<IpPrefix> networks;
  for (const std::string& text : zone.allow_query()) networks.push_back(*IpPrefix::Parse(text));
  return std::make_shared<PrefixSet>(std::move(networks));
}

}  // namespace

BuildResult Build(const ResourceSet& resources, const Built* previous) {
  const Catalog catalog = CatalogOf(resources);
  BuildResult result{.problems = Validate(resources)};
  steer::Compiled compiled = steer::Compile(InputOf(catalog));
  Append(result.problems, std::move(compiled.problems));

  auto built = std::make_shared<Built>();
  const auto owners = OwnersByZone(catalog);
  for (const auto& [name, zone] : catalog.zones) {
    const SteeredOwners& steered = owners.at(name);
    const BuiltZone* before = FindBefore(previous, name, *zone, steered);
    built->zones[name].zone =
        before != nullptr ? before->zone : LoadZone(name, *zone, steered, result.problems);
    if (built->zones[name].zone == nullptr) result.faulty_zones.insert(name);
  }
  if (HasErrors(result.problems) || compiled.steering == nullptr) return result;

  built->resources = resources;
  built->steering = std::move(compiled.steering);
  for (auto& [name, zone] : built->zones) {
    zone.resource = resources.at("zone/" + name);
    zone.ecs = !zone.resource->zone().has_ecs() || zone.resource->zone().ecs();
    zone.allow_query = AllowedBy(zone.resource->zone());
    zone.steered = SlotsOf(owners.at(name), *built->steering);
  }
  result.built = std::move(built);
  return result;
}

}  // namespace waypost::config
