#include "dnsd/config/variants.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "dnsd/config/scalar.h"
#include "dnsd/config/scope.h"
#include "dnsd/config/views.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/rdata_text.h"

namespace waypost::config {
namespace {

using zone::Records;
using zone::SteeredOwner;

/// What a view has in a zone of no view.
struct Own {
  std::vector<uint32_t> records;  // in Steering::records
  Overlay rrsets;
};
using OwnByVariant = std::map<std::string, Own>;

/// The name of the variant that something of a view needs; empty: it lies in a zone of the view, or
/// in none.
std::string VariantFor(const wire::Name& name, const std::string& view, const Catalog& catalog) {
  if (view.empty()) return "";
  const std::string seen = ZoneOf(name, view, catalog);
  if (seen.empty() || !Scoped::Parse(seen).view.empty()) return "";
  return Scoped{seen, view}.ToString();
}

OwnByVariant FindOwn(const Catalog& catalog, const Built& built) {
  OwnByVariant variants;
  for (const steer::Record& record : built.steering->records) {
    const std::string variant = VariantFor(record.name, record.view, catalog);
    if (!variant.empty()) variants[variant].records.push_back(record.index);
  }
  for (const auto& [name, rrset] : catalog.rrsets) {
    if (rrset->view().empty()) continue;
    const auto owner = wire::Name::Parse(rrset->name());
    const std::string variant = owner ? VariantFor(*owner, rrset->view(), catalog) : "";
    if (!variant.empty()) variants[variant].rrsets.push_back(built.resources.at("rrset/" + name));
  }
  return variants;
}

SteeredOwner OwnerOf(const steer::Record& record) {
  return {record.name, record.types, record.view};
}

bool IsSame(const SteeredOwner& a, const SteeredOwner& b) {
  return a.owner == b.owner && a.types == b.types;
}

bool IsSame(const std::vector<SteeredOwner>& a, const std::vector<SteeredOwner>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return IsSame(x, y); });
}

/// A policy no longer answers what the RRset of a view stands for.
void TakeAway(const v1::Rrset& rrset, zone::SteeredTypes& types) {
  const uint16_t type = *zone::ParseType(rrset.type());
  types.Remove(type);
  if (rrset.records().empty()) return;
  types.Remove(zone::kCname);
  if (type == zone::kCname) types = {};
}

/// Who answers by policy in the variant, slot by slot.
class Slots {
 public:
  Slots(const BuiltZone& base, const steer::Steering& steering) : steering_(steering) {
    for (const uint32_t record : base.steered) Append(record);
  }

  void Put(uint32_t record) {
    const wire::Name& name = steering_.records[record].name;
    const auto same = std::find_if(owners_.begin(), owners_.end(),
                                   [&](const SteeredOwner& o) { return o.owner == name; });
    if (same == owners_.end()) return Append(record);
    *same = OwnerOf(steering_.records[record]);
    records_[static_cast<size_t>(same - owners_.begin())] = record;
  }

  /// Of what others have at the RRset's name.
  void MakeRoomFor(const v1::Rrset& rrset) {
    const auto name = wire::Name::Parse(rrset.name());
    for (size_t i = 0; i < owners_.size(); ++i) {
      const bool is_of_others = steering_.records[records_[i]].view.empty();
      if (!is_of_others || !(owners_[i].owner == *name)) continue;
      TakeAway(rrset, owners_[i].types);
      if (!owners_[i].types.empty()) return;
      owners_.erase(owners_.begin() + static_cast<ptrdiff_t>(i));
      records_.erase(records_.begin() + static_cast<ptrdiff_t>(i));
      return;
    }
  }

  const std::vector<uint32_t>& records() const { return records_; }
  const std::vector<SteeredOwner>& owners() const { return owners_; }

 private:
  void Append(uint32_t record) {
    records_.push_back(record);
    owners_.push_back(OwnerOf(steering_.records[record]));
  }

  const steer::Steering& steering_;
  std::vector<uint32_t> records_;
  std::vector<SteeredOwner> owners_;
};

/// All records of a zone, which must outlive them.
Records Borrow(const zone::Zone& zone) {
  Records records;
  for (const zone::Node& node : zone.nodes()) {
    for (const zone::RrSet& rrset : node.rrsets()) {
      const uint8_t* at = rrset.records;
      for (uint16_t i = 0; i < rrset.count; ++i) {
        records.AddBorrowed(node.owner().data(), rrset.type, rrset.ttl, at);
        at += 2 + (at[0] << 8 | at[1]);
      }
    }
  }
  return records;
}

/// Of the static records of others, those that cannot stand beside what a view has: all behind its
/// aliases; behind its Records the types that they answer, and all addresses if they answer some;
/// aliases behind all else.
class Screen {
 public:
  Screen(const Own& own, const steer::Steering& steering) {
    for (const uint32_t record : own.records) {
      const zone::SteeredTypes& types = steering.records[record].types;
      Hidden& hidden = At(steering.records[record].name);
      hidden.everything = hidden.everything || types.Has(zone::kCname);
      hidden.types.Add(zone::kCname);
      hidden.types.Add(types);
      if (types.HasAnyOf(zone::kAddressTypes)) hidden.types.Add(zone::kAddressTypes);
    }
    for (const auto& resource : own.rrsets) {
      const v1::Rrset& rrset = resource->rrset();
      if (rrset.records().empty()) continue;
      Hidden& hidden = At(*wire::Name::Parse(rrset.name()));
      hidden.types.Add(zone::kCname);
      if (*zone::ParseType(rrset.type()) == zone::kCname) hidden.everything = true;
    }
  }

  bool Hides(const Records::Entry& entry) const {
    if (entry.type == zone::kSoa) return false;
    const zone::LoweredName owner(zone::NameAt(entry.owner));
    const auto hidden = hidden_.find(zone::AsText(owner.view()));
    return hidden != hidden_.end() &&
           (hidden->second.everything || hidden->second.types.Has(entry.type));
  }

 private:
  struct Hidden {
    bool everything = false;
    zone::SteeredTypes types;
  };

  Hidden& At(const wire::Name& name) { return hidden_[std::string(name.Lowered().wire())]; }

  std::map<std::string, Hidden, std::less<>> hidden_;
};

/// What the zone of no view has at the names and types of the view.
Replaced FindReplaced(const zone::Zone& base, const Overlay& rrsets) {
  Replaced replaced;
  for (const auto& resource : rrsets) {
    const wire::Name owner = wire::Name::Parse(resource->rrset().name())->Lowered();
    const uint16_t type = *zone::ParseType(resource->rrset().type());
    const zone::NameView name = zone::AsView(owner.wire());
    const zone::Node* const node = base.FindExact(name);
    const zone::RrSet* const rrset = node == nullptr ? nullptr : node->Find(type);
    if (rrset != nullptr) replaced.emplace(RrsetKey(name, type), zone::ValueOf(*node, *rrset));
  }
  return replaced;
}

/// The problems of a variant are those of its zone, and say who sees them.
void Report(const Scoped& variant, Problems found, Problems& problems) {
  for (Problem& problem : found) {
    if (problem.is_warning) continue;  // of the zone itself, which says so
    const bool is_of_rrset = problem.object.rfind("rrset ", 0) == 0;
    if (!is_of_rrset) {
      problem.fact = "as view " + Quoted(variant.view) +
                     " sees it: " + (problem.object.empty() ? "" : problem.object + ": ") +
                     problem.fact;
      problem.object = "zone " + Quoted(variant.name);
      problem.field.clear();
    }
    problems.push_back(std::move(problem));
  }
}

class VariantMaker {
 public:
  VariantMaker(const Built& previous, Built& built, Problems& problems)
      : previous_(previous), built_(built), problems_(problems) {}

  void Make(const std::string& name, const Own& own) {
    const Scoped variant = Scoped::Parse(name);
    const BuiltZone& base = built_.zones.at(variant.name);
    BuiltZone made = base;
    made.extras.Set(&ZoneExtras::view, variant.view);
    made.extras.Set(&ZoneExtras::overlay, own.rrsets);
    Slots slots(base, *built_.steering);
    for (const uint32_t record : own.records) slots.Put(record);
    for (const auto& rrset : own.rrsets) slots.MakeRoomFor(rrset->rrset());
    made.steered = slots.records();
    made.extras.Set(&ZoneExtras::variant,
                    std::make_shared<const Variant>(Variant{base.zone, slots.owners()}));
    if (base.zone != nullptr) {
      made.extras.Set(&ZoneExtras::replaced, FindReplaced(*base.zone, own.rrsets));
      made.zone = ZoneFor(variant, base, made, own);
    }
    built_.zones[name] = std::move(made);
  }

 private:
  std::shared_ptr<const zone::Zone> ZoneFor(const Scoped& variant, const BuiltZone& base,
                                            const BuiltZone& made, const Own& own) {
    const Slots slots(base, *built_.steering);
    if (own.rrsets.empty() && IsSame(slots.owners(), made.extras->variant->owners))
      return base.zone;
    const BuiltZone* before = Before(variant.ToString());
    if (before != nullptr && before->extras->variant->base == base.zone &&
        IsSameOverlay(before->extras->overlay, own.rrsets) &&
        IsSame(before->extras->variant->owners, made.extras->variant->owners)) {
      return before->zone;
    }
    return Build(variant, base, made, own);
  }

  const BuiltZone* Before(const std::string& name) const {
    const auto before = previous_.zones.find(name);
    const bool is_variant =
        before != previous_.zones.end() && before->second.extras->variant != nullptr;
    return is_variant ? &before->second : nullptr;
  }

  std::shared_ptr<const zone::Zone> Build(const Scoped& variant, const BuiltZone& base,
                                          const BuiltZone& made, const Own& own) {
    Problems found;
    Records records = Borrow(*base.zone);
    const Screen screen(own, *built_.steering);
    records.EraseIf([&screen](const Records::Entry& entry) { return screen.Hides(entry); });
    Overlaid overlaid = LayOver(std::move(records), own.rrsets, found);
    zone::BuiltZone loaded = zone::BuildZone(base.Origin(), std::move(overlaid.records),
                                             made.extras->variant->owners, base.zone);
    std::move(loaded.problems.begin(), loaded.problems.end(), std::back_inserter(found));
    Report(variant, std::move(found), problems_);
    return std::move(loaded.zone);
  }

  const Built& previous_;
  Built& built_;
  Problems& problems_;
};

std::shared_ptr<const BuiltViews> ViewsOf(const Catalog& catalog, const Built& built) {
  if (catalog.views.empty()) return nullptr;
  auto views = std::make_shared<BuiltViews>();
  views->map = MapOf(catalog.views);
  for (const auto& [name, view] : catalog.views) {
    views->views.push_back({name, view->own_zones_only(), {}});
  }
  for (const auto& [name, zone] : built.zones) {
    if (zone.extras->view.empty()) continue;
    const auto view =
        std::find_if(views->views.begin(), views->views.end(),
                     [&of = zone.extras->view](const BuiltView& v) { return v.name == of; });
    view->zones.push_back(name);
  }
  return views;
}

void RemoveVariants(Built& built) {
  if (built.views == nullptr) return;
  for (const BuiltView& view : built.views->views) {
    for (const std::string& name : view.zones) {
      const auto zone = built.zones.find(name);
      const bool is_variant = zone != built.zones.end() && zone->second.extras->variant != nullptr;
      if (is_variant) built.zones.erase(name);
    }
  }
  built.views = nullptr;
}

}  // namespace

void AddViews(const Catalog& catalog, const Built& previous, Built& built, Problems& problems) {
  RemoveVariants(built);
  if (catalog.views.empty()) return;
  VariantMaker maker(previous, built, problems);
  for (const auto& [name, own] : FindOwn(catalog, built)) maker.Make(name, own);
  built.views = ViewsOf(catalog, built);
}

}  // namespace waypost::config
