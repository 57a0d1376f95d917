#include "dnsd/config/listed_zones.h"

#include <algorithm>

#include "dnsd/config/scalar.h"

namespace waypost::config {
namespace {

using Members = std::vector<CatalogMember>;

/// The first that the member is in.
const v1::CatalogGroup* GroupOf(const CatalogMember& member, const v1::Zone& catalog) {
  for (const v1::CatalogGroup& group : catalog.groups()) {
    const auto& in = member.groups;
    if (std::find(in.begin(), in.end(), group.name()) != in.end()) return &group;
  }
  return nullptr;
}

template <typename T>
const T& Own(const T* of_group, const T& of_catalog) {
  return of_group == nullptr || of_group->empty() ? of_catalog : *of_group;
}

std::shared_ptr<const v1::Resource> ResourceFor(const CatalogMember& member,
                                                const v1::Zone& catalog) {
  const v1::CatalogGroup* const group = GroupOf(member, catalog);
  const bool has = group != nullptr;
  auto resource = std::make_shared<v1::Resource>();
  v1::Zone& zone = *resource->mutable_zone();
  zone.set_origin(member.zone.ToString());
  *zone.mutable_primaries() = Own(has ? &group->primaries() : nullptr, catalog.primaries());
  *zone.mutable_allow_notify() =
      Own(has ? &group->allow_notify() : nullptr, catalog.allow_notify());
  *zone.mutable_allow_transfer() =
      Own(has ? &group->allow_transfer() : nullptr, catalog.allow_transfer());
  *zone.mutable_notify() = Own(has ? &group->notify() : nullptr, catalog.notify());
  if (has) *zone.mutable_allow_query() = group->allow_query();
  return resource;
}

std::string Ignored(const std::string& catalog, const std::string& zone, const std::string& why) {
  return "catalog " + Quoted(catalog) + ": its member " + Quoted(zone) + " is ignored: " + why;
}

/// One who lists a zone.
struct Lister {
  const std::string* catalog;
  const CatalogMember* member;
};
using Listers = std::vector<Lister>;

const Lister* Find(const Listers& listers, const std::string& catalog) {
  const auto found = std::find_if(listers.begin(), listers.end(),
                                  [&](const Lister& one) { return *one.catalog == catalog; });
  return found == listers.end() ? nullptr : &*found;
}

class ListMaker {
 public:
  ListMaker(Listing& out, const Listing* before) : out_(out), before_(before) {}

  void Make() {
    std::map<std::string, Listers> by_zone;
    for (const auto& [name, catalog] : out_.catalogs) {
      for (const CatalogMember& member : *catalog.members) {
        by_zone[member.zone.ToString()].push_back({&name, &member});
      }
    }
    for (const auto& [zone, listers] : by_zone) {
      if (listers[0].member->zone.is_wildcard()) {
        out_.ignored.push_back(Ignored(*listers[0].catalog, zone, "no zone starts at a wildcard"));
      } else {
        Add("zone/" + zone, zone, listers);
      }
    }
  }

 private:
  void Add(const std::string& id, const std::string& zone, const Listers& listers) {
    const ListedZone* const former = Former(id);
    const Lister* const keeper = former == nullptr ? nullptr : Find(listers, former->catalog);
    const Lister* owner = keeper == nullptr ? &listers.front() : keeper;
    if (const Lister* next = Find(listers, owner->member->moves_to)) owner = next;
    const std::string& label = owner->member->label;
    const bool is_same = keeper != nullptr && keeper->member->label == label &&
                         EndsWithLabel(former->incarnation, label);
    out_.zones[id] = {
        ResourceFor(*owner->member, out_.catalogs.at(*owner->catalog).resource->zone()),
        *owner->catalog, is_same ? former->incarnation : *owner->catalog + "/" + label};
    for (const Lister& other : listers) {
      const bool is_moving = other.member->moves_to == *owner->catalog;
      if (&other == owner || is_moving) continue;
      out_.ignored.push_back(
          Ignored(*other.catalog, zone, "catalog " + Quoted(*owner->catalog) + " has it"));
    }
  }

  static bool EndsWithLabel(const std::string& incarnation, const std::string& label) {
    return incarnation.ends_with("/" + label);
  }

  const ListedZone* Former(const std::string& id) const {
    if (before_ == nullptr) return nullptr;
    const auto found = before_->zones.find(id);
    return found == before_->zones.end() ? nullptr : &found->second;
  }

  Listing& out_;
  const Listing* const before_;
};

/// Those of the content; of one that says nothing those of before.
std::shared_ptr<const Members> MembersOf(const ConsumedCatalog& catalog,
                                         const ConsumedCatalog* before) {
  if (before != nullptr && before->content == catalog.content) return before->members;
  const auto origin = wire::Name::Parse(catalog.resource->zone().origin());
  if (origin && catalog.content != nullptr) {
    auto members = ReadCatalogZone(*origin, *catalog.content);
    if (members) return std::make_shared<const Members>(*std::move(members));
  }
  return before != nullptr ? before->members : std::make_shared<const Members>();
}

bool IsSame(const std::map<std::string, ConsumedCatalog>& a,
            const std::map<std::string, ConsumedCatalog>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.IsMadeOf(y.second);
  });
}

const SharedMap<ListedZone>& ZonesOf(const Listing* listing) {
  static const SharedMap<ListedZone> kNone;
  return listing == nullptr ? kNone : listing->zones;
}

}  // namespace

std::shared_ptr<const Listing> ListedBefore(const ListersByZone& listers) {
  if (listers.empty()) return nullptr;
  auto listing = std::make_shared<Listing>();
  for (const auto& [origin, catalog] : listers) {
    listing->zones["zone/" + origin] = {nullptr, catalog, ""};
  }
  return listing;
}

std::shared_ptr<const Listing> ListZones(const std::map<std::string, ConsumedCatalog>& catalogs,
                                         std::shared_ptr<const Listing> before) {
  if (catalogs.empty()) return nullptr;
  if (before != nullptr && IsSame(catalogs, before->catalogs)) return before;
  auto listing = std::make_shared<Listing>();
  for (const auto& [name, catalog] : catalogs) {
    const ConsumedCatalog* former = nullptr;
    if (before != nullptr && before->catalogs.contains(name)) former = &before->catalogs.at(name);
    ConsumedCatalog& made = listing->catalogs[name] = catalog;
    made.members = MembersOf(catalog, former);
  }
  ListMaker(*listing, before.get()).Make();
  return listing;
}

ResourceSet Together(const ResourceSet& all_before, const Wished& before, const Wished& now) {
  if (before.listing == nullptr && now.listing == nullptr) return now.declared;
  ResourceSet all = all_before;
  const auto& listed = ZonesOf(now.listing);
  const auto put = [&](const std::string& id, const auto*, const auto*) {
    const auto declared = now.declared.find(id);
    const auto member = listed.find(id);
    if (declared != now.declared.end()) {
      all[id] = declared->second;
    } else if (member != listed.end()) {
      all[id] = member->second.resource;
    } else {
      all.erase(id);
    }
  };
  ResourceSet::Compare(before.declared, now.declared, put);
  SharedMap<ListedZone>::Compare(ZonesOf(before.listing), listed, put);
  return all;
}

std::vector<std::string> IgnoredMembers(const Wished& wished) {
  if (wished.listing == nullptr) return {};
  std::vector<std::string> words = wished.listing->ignored;
  for (const auto& [id, zone] : wished.listing->zones) {
    if (!wished.declared.contains(id)) continue;
    words.push_back(
        Ignored(zone.catalog, NameOf(*zone.resource), "a zone of this name is declared"));
  }
  return words;
}

std::optional<std::string> WhyBroken(const wire::Name& origin, const zone::Records& content) {
  const auto members = ReadCatalogZone(origin, content);
  if (members) return std::nullopt;
  return "is a broken catalog, so that its members stay as they were: " + members.error().message;
}

}  // namespace waypost::config
