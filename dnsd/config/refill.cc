#include <algorithm>

#include "dnsd/config/build.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/variants.h"
#include "dnsd/config/zone_maker.h"

namespace waypost::config {
namespace {

bool HasErrors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return !problem.is_warning; });
}

/// A content is refused as well where a view makes it unfit.
void RefillVariants(const Built& before, Built& built, Refilled& result) {
  if (before.views == nullptr) return;
  const Catalog catalog = CatalogOf(before.all);
  Problems problems;
  AddViews(catalog, before, built, problems);
  if (!HasErrors(problems)) return;
  for (const auto& [name, zone] : before.zones) {
    const bool is_lost = zone.extras->variant != nullptr && built.zones.at(name).zone == nullptr;
    const std::string base = Scoped::Parse(name).name;
    if (!is_lost || built.zones.at(base).zone == nullptr) continue;
    result.refused.emplace(base, problems);
    built.zones[base] = before.zones.at(base);
  }
  AddViews(catalog, before, built, problems);
}

bool HasCatalog(const Built& before, const Contents& contents) {
  if (before.listing == nullptr) return false;
  return std::any_of(contents.begin(), contents.end(), [&](const auto& entry) {
    return before.listing->catalogs.contains(entry.first);
  });
}

void RefuseBrokenCatalogs(const Built& before, Contents& contents, Refilled& result) {
  for (const auto& [name, catalog] : before.listing->catalogs) {
    const auto content = contents.find(name);
    if (content == contents.end() || content->second == nullptr) continue;
    const auto why = WhyBroken(before.zones.at(name).Origin(), *content->second);
    if (!why) continue;
    result.refused[name] = {{.object = "zone " + Quoted(name), .fact = *why}};
    contents.erase(content);
  }
}

/// Zones come and go with the content of a catalog.
Refilled RefillWithCatalogs(const Built& before, Contents contents) {
  Refilled result;
  RefuseBrokenCatalogs(before, contents, result);
  std::erase_if(contents, [&](const auto& entry) { return !before.zones.contains(entry.first); });
  BuildResult built = Build(before.resources, &before, contents);
  for (const auto& [name, why] : built.faulty_zones) {
    if (contents.erase(name) > 0) result.refused[name] = built.problems;
  }
  if (built.built == nullptr) built = Build(before.resources, &before, contents);
  result.built = built.built != nullptr ? built.built : std::make_shared<const Built>(before);
  if (built.built != nullptr) return result;
  for (const auto& [name, content] : contents) result.refused[name] = built.problems;
  return result;
}

}  // namespace

Refilled Refill(const Built& before, const Contents& contents) {
  if (HasCatalog(before, contents)) return RefillWithCatalogs(before, contents);
  Refilled result;
  auto built = std::make_shared<Built>(before);
  for (const auto& [name, content] : contents) {
    const auto zone = before.zones.find(name);
    if (zone == before.zones.end() || !IsSecondary(zone->second.resource->zone())) continue;
    BuiltZone made = zone->second;
    made.zone = nullptr;
    const Laid laid{made.extras->overlay, OwnersOf(made, *before.steering)};
    Problems problems;
    FillZone(name, made.resource->zone(), {laid, content}, made, problems);
    if (content != nullptr && HasErrors(problems)) {
      result.refused.emplace(name, std::move(problems));
    } else {
      built->zones[name] = std::move(made);
    }
  }
  RefillVariants(before, *built, result);
  result.built = std::move(built);
  return result;
}

}  // namespace waypost::config
