#include "dnsd/config/scope.h"

#include <algorithm>

namespace waypost::config {
namespace {

using Resource = std::shared_ptr<const v1::Resource>;

class Surveyor {
 public:
  Surveyor(const ResourceSet& before, const ResourceSet& after)
      : before_(CatalogOf(before)), after_(CatalogOf(after)), is_first_(before.empty()) {}

  void Visit(const std::string& id, const Resource* before, const Resource* after) {
    if (before != nullptr && after != nullptr && *before == *after) return;
    const size_t slash = id.find('/');
    const std::string kind = id.substr(0, slash);
    const std::string name = id.substr(slash + 1);
    scope_.kinds.insert(kind);
    if (kind == "zone") {
      VisitZone(name, before == nullptr || after == nullptr);
      VisitCatalogs(name, before, after);
    } else if (kind == "rrset" || kind == "record") {
      scope_.placed.insert(id);
      if (kind == "rrset" && after != nullptr) scope_.rrsets.insert(name);
      VisitOwner(Scoped::Parse(name), kind == "rrset");
    } else if (kind == "view") {
      VisitView(name);
    }
  }

  Scope Take() { return std::move(scope_); }

 private:
  void VisitZone(const std::string& name, bool came_or_went) {
    scope_.zones.insert(name);
    // What is at or below its origin moves between it and the zone around it.
    const Scoped scoped = Scoped::Parse(name);
    const auto origin = wire::Name::Parse(scoped.name);
    if (!came_or_went || is_first_ || !origin || origin->is_root()) return;
    AddZonesOf(origin->Parent(), scoped.view);
    if (!scoped.view.empty()) return;
    for (const auto& [view, declared] : after_.views) AddZonesOf(origin->Parent(), view);
  }

  /// Those that list the zone, and what the zone lists.
  void VisitCatalogs(const std::string& name, const Resource* before, const Resource* after) {
    const v1::Zone& none = v1::Zone::default_instance();
    const v1::Zone& former = before == nullptr ? none : (*before)->zone();
    const v1::Zone& now = after == nullptr ? none : (*after)->zone();
    if (former.catalog() != now.catalog()) AddMembersOf(name);
    const bool is_listed_alike =
        before != nullptr && after != nullptr && former.member_of() == now.member_of() &&
        former.moves_from() == now.moves_from() && former.catalog_group() == now.catalog_group();
    if (is_listed_alike) return;
    for (const std::string* catalog :
         {&former.member_of(), &now.member_of(), &former.moves_from(), &now.moves_from()}) {
      if (!catalog->empty()) scope_.zones.insert(CanonicalDomain(*catalog));
    }
  }

  /// They name a catalog that may be none any more.
  void AddMembersOf(const std::string& catalog) {
    for (const auto& [name, zone] : after_.zones) {
      if (zone->member_of().empty()) continue;
      const bool is_member = CanonicalDomain(zone->member_of()) == catalog ||
                             CanonicalDomain(zone->moves_from()) == catalog;
      if (is_member) scope_.zones.insert(name);
    }
  }

  void VisitOwner(const Scoped& scoped, bool is_rrset) {
    const auto owner =
        wire::Name::Parse(is_rrset ? scoped.name.substr(0, scoped.name.rfind('/')) : scoped.name);
    if (owner) AddZonesOf(*owner, scoped.view);
  }

  /// What it sees may be another zone now.
  void VisitView(const std::string& view) {
    for (const auto& [name, zone] : after_.zones) {
      if (zone->view() == view) scope_.zones.insert(name);
    }
  }

  void AddZonesOf(const wire::Name& name, const std::string& view) {
    for (const Catalog* catalog : {&before_, &after_}) {
      std::string zone = ZoneOf(name, view, *catalog);
      if (!zone.empty()) scope_.zones.insert(std::move(zone));
    }
  }

  const Catalog before_, after_;
  const bool is_first_;
  Scope scope_;
};

}  // namespace

bool Scope::IsOnly(std::initializer_list<std::string_view> some) const {
  return std::all_of(kinds.begin(), kinds.end(), [&](const std::string& kind) {
    return std::find(some.begin(), some.end(), kind) != some.end();
  });
}

Scope ScopeOf(const ResourceSet& before, const ResourceSet& after) {
  Surveyor surveyor(before, after);
  ResourceSet::Compare(before, after,
                       [&](const std::string& id, const Resource* a, const Resource* b) {
                         surveyor.Visit(id, a, b);
                       });
  return surveyor.Take();
}

std::string ZoneOf(wire::Name name, const std::string& view, const Catalog& catalog) {
  const v1::View* declared = view.empty() ? nullptr : Find(catalog.views, view);
  const bool sees_others = declared == nullptr || !declared->own_zones_only();
  for (name = name.Lowered();; name = name.Parent()) {
    const Scoped own{name.ToString(), view};
    if (Find(catalog.zones, own.ToString()) != nullptr) return own.ToString();
    const bool is_others = !view.empty() && sees_others;
    if (is_others && Find(catalog.zones, own.name) != nullptr) return own.name;
    if (name.is_root()) return "";
  }
}

}  // namespace waypost::config
