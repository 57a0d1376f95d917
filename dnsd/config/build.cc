#include "dnsd/config/build.h"

#include <algorithm>
#include <iterator>

#include "dnsd/config/catalog.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/steer/compile.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/master_file.h"

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

/// What belongs to the zone with the longest origin at or above the name; null: none.
template <typename T>
T* ZoneOf(wire::Name name, std::map<std::string, T>& zones) {
  for (name = name.Lowered();; name = name.Parent()) {
    const auto zone = zones.find(name.ToString());
    if (zone != zones.end()) return &zone->second;
    if (name.is_root()) return nullptr;
  }
}

/// By zone, in the order given. Of those in no zone only the targets of services are reported here.
std::map<std::string, SteeredOwners> OwnersByZone(const Catalog& catalog,
                                                  const SteeredOwners& owners, Problems& problems) {
  std::map<std::string, SteeredOwners> zones;
  for (const auto& [origin, zone] : catalog.zones) zones[origin];
  for (const zone::SteeredOwner& owner : owners) {
    const std::string name = owner.owner.ToString();
    if (SteeredOwners* zone = ZoneOf(owner.owner, zones)) {
      zone->push_back(owner);
    } else if (Find(catalog.records, name) == nullptr && !owner.owner.is_root()) {
      problems.push_back({.object = "target " + Quoted(name),
                          .fact = "lies in none of the zones, and a service names it"});
    }
  }
  return zones;
}

std::map<std::string, Overlay> OverlaysByZone(const Catalog& catalog,
                                              const ResourceSet& resources) {
  std::map<std::string, Overlay> zones;
  for (const auto& [origin, zone] : catalog.zones) zones[origin];
  for (const auto& [name, rrset] : catalog.rrsets) {
    const auto owner = wire::Name::Parse(rrset->name());
    if (!owner) continue;
    if (Overlay* zone = ZoneOf(*owner, zones)) zone->push_back(resources.at("rrset/" + name));
  }
  return zones;
}

/// Resources that did not change are shared between revisions, or at least equal.
bool IsSame(const Overlay& a, const Overlay& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x == y || x->SerializeAsString() == y->SerializeAsString();
  });
}

bool IsSame(const zone::SteeredOwner& owner, const steer::Record& record) {
  return owner.owner == record.name && owner.types == record.types;
}

/// What a zone is made of besides its resource.
struct Laid {
  const SteeredOwners& owners;
  const Overlay& overlay;
  std::shared_ptr<const zone::Records> content;  // of a zone with primaries
};

/// True: `before` answers as a zone built of `zone` and `laid` would.
bool CanTakeOver(const BuiltZone& before, const steer::Steering& steering, const v1::Zone& zone,
                 const Laid& laid) {
  const SteeredOwners& owners = laid.owners;
  const v1::Zone& declared = before.resource->zone();
  if (declared.origin() != zone.origin() || declared.text() != zone.text()) return false;
  if (IsSecondary(declared) != IsSecondary(zone) || before.content != laid.content) return false;
  if (!IsSame(laid.overlay, before.overlay)) return false;
  return std::equal(owners.begin(), owners.end(), before.steered.begin(), before.steered.end(),
                    [&](const zone::SteeredOwner& owner, uint32_t record) {
                      return IsSame(owner, steering.records[record]);
                    });
}

const BuiltZone* FindBefore(const Built* previous, const std::string& name, const v1::Zone& zone,
                            const Laid& laid) {
  if (previous == nullptr) return nullptr;
  const auto before = previous->zones.find(name);
  if (before == previous->zones.end()) return nullptr;
  return CanTakeOver(before->second, *previous->steering, zone, laid) ? &before->second : nullptr;
}

/// Problems of text that came from no file are about the resource's field.
void NameTheZone(const std::string& name, const char* field, Problems& problems) {
  for (Problem& problem : problems) {
    if (!problem.file.empty()) continue;
    const std::string line = problem.line == 0 ? "" : "line " + std::to_string(problem.line) + ": ";
    const std::string object = problem.object.empty() ? "" : problem.object + ": ";
    problem = {.object = "zone " + Quoted(name),
               .field = field,
               .fact = line + object + problem.fact,
               .is_warning = problem.is_warning};
  }
}

zone::MasterFile BaseOf(const v1::Zone& zone, const wire::Name& origin, const Laid& laid) {
  if (laid.content != nullptr) return {WithoutSteered(*laid.content, laid.owners), {}};
  return zone::ParseMasterText(zone.text(), origin, zone.file());
}

/// Reads the master file, lays the RRsets over it, and makes the zone.
void LoadZone(const std::string& name, const v1::Zone& zone, const Laid& laid, BuiltZone& out,
              Problems& problems) {
  const auto origin = wire::Name::Parse(zone.origin());
  if (!origin) return;  // Validate says so
  out.origin = *origin;
  out.content = laid.content;
  if (laid.content == nullptr && zone.text().empty()) return;
  zone::MasterFile read = BaseOf(zone, *origin, laid);
  const bool is_sound = !HasErrors(read.problems);
  Problems found = std::move(read.problems);
  Overlaid overlaid = LayOver(std::move(read.records), laid.overlay, problems);
  zone::BuiltZone loaded = zone::BuildZone(*origin, std::move(overlaid.records), laid.owners);
  Append(found, std::move(loaded.problems));
  NameTheZone(name, laid.content == nullptr ? "text" : "content", found);
  Append(problems, std::move(found));
  out.zone = is_sound ? std::move(loaded.zone) : nullptr;
  out.replaced = std::move(overlaid.replaced);
}

SteeredOwners OwnersOf(const BuiltZone& zone, const steer::Steering& steering) {
  SteeredOwners owners;
  for (const uint32_t index : zone.steered) {
    const steer::Record& record = steering.records[index];
    owners.push_back({record.name, record.types});
  }
  return owners;
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

std::shared_ptr<const zone::Records> ContentOf(const std::string& name, const v1::Zone& zone,
                                               const Built* previous, const Contents& contents) {
  if (!IsSecondary(zone)) return nullptr;
  if (const auto fresh = contents.find(name); fresh != contents.end()) return fresh->second;
  if (previous == nullptr) return nullptr;
  const auto before = previous->zones.find(name);
  return before == previous->zones.end() ? nullptr : before->second.content;
}

/// Something is amiss with what the zone is made of.
bool IsFaulty(const BuiltZone& made, const v1::Zone& zone) {
  return made.zone == nullptr && (made.content != nullptr || !IsSecondary(zone));
}

std::shared_ptr<const PrefixSet> AllowedBy(const v1::Zone& zone) {
  if (zone.allow_query().empty()) return nullptr;
  std::vector<IpPrefix> networks;
  for (const std::string& text : zone.allow_query()) networks.push_back(*IpPrefix::Parse(text));
  return std::make_shared<PrefixSet>(std::move(networks));
}

}  // namespace

BuildResult Build(const ResourceSet& resources, const Built* previous, const Contents& contents) {
  const Catalog catalog = CatalogOf(resources);
  BuildResult result{.problems = Validate(resources)};
  steer::Compiled compiled = steer::Compile(InputOf(catalog));
  Append(result.problems, std::move(compiled.problems));

  auto built = std::make_shared<Built>();
  const auto owners = OwnersByZone(catalog, compiled.owners, result.problems);
  const auto overlays = OverlaysByZone(catalog, resources);
  for (const auto& [name, zone] : catalog.zones) {
    const Laid laid{owners.at(name), overlays.at(name), ContentOf(name, *zone, previous, contents)};
    const BuiltZone* before = FindBefore(previous, name, *zone, laid);
    BuiltZone& made = built->zones[name];
    if (before != nullptr) {
      made = *before;
    } else {
      LoadZone(name, *zone, laid, made, result.problems);
    }
    if (IsFaulty(made, *zone)) result.faulty_zones.insert(name);
  }
  if (HasErrors(result.problems) || compiled.steering == nullptr) return result;

  built->resources = resources;
  built->steering = std::move(compiled.steering);
  for (auto& [name, zone] : built->zones) {
    zone.resource = resources.at("zone/" + name);
    zone.ecs = !zone.resource->zone().has_ecs() || zone.resource->zone().ecs();
    zone.allow_query = AllowedBy(zone.resource->zone());
    zone.steered = SlotsOf(owners.at(name), *built->steering);
    zone.overlay = overlays.at(name);
  }
  result.built = std::move(built);
  return result;
}

Refilled Refill(const Built& before, const Contents& contents) {
  Refilled result;
  auto built = std::make_shared<Built>(before);
  for (const auto& [name, content] : contents) {
    const auto zone = built->zones.find(name);
    if (zone == built->zones.end() || !IsSecondary(zone->second.resource->zone())) continue;
    const SteeredOwners owners = OwnersOf(zone->second, *built->steering);
    BuiltZone made = zone->second;
    made.zone = nullptr;
    Problems problems;
    LoadZone(name, made.resource->zone(), {owners, made.overlay, content}, made, problems);
    if (content != nullptr && HasErrors(problems)) {
      result.refused.emplace(name, std::move(problems));
    } else {
      zone->second = std::move(made);
    }
  }
  result.built = std::move(built);
  return result;
}

}  // namespace waypost::config
