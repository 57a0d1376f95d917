#include "dnsd/config/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "dnsd/base/parallel.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/placing.h"
#include "dnsd/config/produced_catalogs.h"
#include "dnsd/config/registrations.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/config/variants.h"
#include "dnsd/config/zone_maker.h"
#include "dnsd/config/zone_patch.h"
#include "dnsd/steer/compile.h"

namespace waypost::config {
namespace {

template <typename T>
std::vector<const T*> InOrder(const ByName<T>& list) {
  std::vector<const T*> items;
  for (const auto& [name, item] : list) items.push_back(item);
  return items;
}

/// With registered endpoints in them, where there are any.
std::vector<const v1::Pool*> PoolsOf(const Catalog& catalog,
                                     const std::map<std::string, v1::Pool>& laid) {
  std::vector<const v1::Pool*> pools;
  for (const auto& [name, declared] : catalog.pools) {
    const auto found = laid.find(name);
    pools.push_back(found == laid.end() ? declared : &found->second);
  }
  return pools;
}

steer::CompileInput InputOf(const Catalog& catalog, const std::map<std::string, v1::Pool>& laid) {
  return {.regions = InOrder(catalog.regions),
          .pools = PoolsOf(catalog, laid),
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

/// View and lowered name in wire format -> index in Steering::records.
using RecordIndex = std::map<std::pair<std::string_view, std::string_view>, uint32_t>;

RecordIndex IndexOf(const steer::Steering& steering) {
  RecordIndex index;
  for (const steer::Record& record : steering.records) {
    index.emplace(std::pair(std::string_view(record.view), record.name.wire()), record.index);
  }
  return index;
}

std::shared_ptr<const PrefixSet> AllowedBy(const v1::Zone& zone) {
  if (zone.allow_query().empty()) return nullptr;
  std::vector<IpPrefix> networks;
  for (const std::string& text : zone.allow_query()) {
    // Validate says what is none.
    if (const auto network = IpPrefix::Parse(text)) networks.push_back(*network);
  }
  return std::make_shared<PrefixSet>(std::move(networks));
}

/// Those of `before`, with what changed since.
Names ConsumedCatalogs(const Built& before, const ResourceSet& declared) {
  Names names;
  if (before.listing != nullptr) {
    for (const auto& [name, catalog] : before.listing->catalogs) names.insert(name);
  }
  using Resource = std::shared_ptr<const v1::Resource>;
  ResourceSet::Compare(before.resources, declared,
                       [&](const std::string& id, const Resource*, const Resource* now) {
                         if (!id.starts_with("zone/")) return;
                         const std::string name = id.substr(id.find('/') + 1);
                         names.erase(name);
                         if (now != nullptr && IsConsumedCatalog((*now)->zone()))
                           names.insert(name);
                       });
  return names;
}

std::shared_ptr<const Listing> ListingOf(const ResourceSet& declared, const Built& before,
                                         const Contents& contents) {
  std::map<std::string, ConsumedCatalog> catalogs;
  for (const std::string& name : ConsumedCatalogs(before, declared)) {
    ConsumedCatalog& catalog = catalogs[name];
    catalog.resource = declared.at("zone/" + name);
    const auto fresh = contents.find(name);
    const auto known = before.zones.find(name);
    if (fresh != contents.end()) {
      catalog.content = fresh->second;
    } else if (known != before.zones.end()) {
      catalog.content = known->second.extras->content;
    }
  }
  return ListZones(catalogs, before.listing);
}

/// A zone on its way.
struct Job {
  const std::string& name;
  const v1::Zone& zone;
  const Laid& laid;
  BuiltZone made;
  Problems problems;
};

class Builder {
 public:
  Builder(const ResourceSet& resources, const Built& before, const Contents& contents)
      : before_(before),
        contents_(contents),
        declared_(resources),
        listing_(ListingOf(resources, before, contents)),
        all_(Together(before.all, {before.resources, before.listing.get()},
                      {resources, listing_.get()})),
        catalog_(CatalogOf(all_)),
        scope_(ScopeOf(before.all, all_)),
        built_(std::make_shared<Built>(before)) {
    for (const auto& [name, content] : contents) scope_.zones.insert(name);
  }

  BuildResult Build() && {
    result_.problems = Validate(declared_, scope_);
    CompileSteering();
    LayOverZones();
    CollectMembers();
    MakeZones();
    if (HasErrors(result_.problems) || built_->steering == nullptr) return std::move(result_);
    built_->resources = declared_;
    built_->all = all_;
    built_->listing = listing_;
    LeadToRecords();
    AddViews(catalog_, before_, *built_, result_.problems);
    if (HasErrors(result_.problems)) return std::move(result_);
    result_.built = std::move(built_);
    return std::move(result_);
  }

 private:
  void CompileSteering() {
    if (before_.steering != nullptr && scope_.IsOnly({"zone", "rrset", "key", "override", "view"}))
      return;
    LaidPools laid = LayRegistrations(catalog_, result_.problems);
    steer::Compiled compiled = steer::Compile(InputOf(catalog_, laid.pools));
    built_->laid_pools = std::move(laid.pools);
    built_->left_out = std::move(laid.left_out);
    Append(result_.problems, std::move(compiled.problems));
    built_->steering = std::move(compiled.steering);
    owners_ = std::move(compiled.owners);
    is_compiled_ = true;
  }

  void LayOverZones() {
    const Realm realm{all_, declared_};
    const bool all_others_stay = scope_.IsOnly({"rrset"}) && catalog_.views.empty();
    laid_ = Place(all_others_stay ? scope_.placed : ToPlace(), realm, result_.problems);
    if (all_others_stay) KeepOthers();
    if (!is_compiled_) owners_ = OwnersBefore();
    PlaceOwners(owners_, realm, laid_, result_.problems);
    if (!is_compiled_) return;
    // Any of them may have other owners now.
    scope_.zones.insert(before_.steered_zones.begin(), before_.steered_zones.end());
    for (const auto& [zone, laid] : laid_) scope_.zones.insert(zone);
  }

  /// Where no zone came or went, an Rrset that did not change lies where it lay.
  void KeepOthers() {
    for (const std::string& name : scope_.zones) {
      const BuiltZone* const zone = Before(name);
      if (zone == nullptr) continue;
      Overlay& rrsets = laid_[name].rrsets;
      rrsets = Merge(zone->extras->overlay, scope_.placed, rrsets);
    }
  }

  /// Everything that lay or will lie over one of the zones to make.
  Names ToPlace() const {
    Names ids = scope_.placed;
    for (const std::string& name : scope_.zones) {
      const BuiltZone* zone = Before(name);
      if (zone == nullptr) continue;
      for (const auto& rrset : zone->extras->overlay) ids.insert(IdOf(*rrset));
      for (const auto& owner : OwnersOf(*zone, *before_.steering)) {
        ids.insert("record/" + Scoped{owner.owner.ToString(), owner.view}.ToString());
      }
    }
    if (!catalog_.views.empty()) AddAllOfViews(ids);
    return ids;
  }

  /// Where they belong changes with zones of their view and of none.
  void AddAllOfViews(Names& ids) const {
    for (const auto& [name, rrset] : catalog_.rrsets) {
      if (!rrset->view().empty()) ids.insert("rrset/" + name);
    }
    for (const auto& [name, record] : catalog_.records) {
      if (!record->view().empty()) ids.insert("record/" + name);
    }
  }

  /// Of the zones to make, and of views, in the order of their records.
  std::vector<zone::SteeredOwner> OwnersBefore() const {
    std::set<uint32_t> records;
    for (const std::string& name : scope_.zones) {
      if (const BuiltZone* zone = Before(name)) {
        records.insert(zone->steered.begin(), zone->steered.end());
      }
    }
    for (const steer::Record& record : before_.steering->records) {
      if (!record.view.empty()) records.insert(record.index);
    }
    std::vector<zone::SteeredOwner> owners;
    for (const uint32_t index : records) {
      const steer::Record& record = before_.steering->records[index];
      owners.push_back({record.name, record.types, record.view});
    }
    return owners;
  }

  void CollectMembers() {
    const bool has_catalog = std::any_of(scope_.zones.begin(), scope_.zones.end(), [&](auto& name) {
      const v1::Zone* zone = Find(catalog_.zones, name);
      return zone != nullptr && IsProducedCatalog(*zone);
    });
    if (has_catalog) members_ = MembersByCatalog(catalog_);
  }

  /// So many at a time that what is not yet in place takes little memory.
  void MakeZones() {
    constexpr size_t kAtOnce = 4096;
    constexpr size_t kShare = 16;
    for (auto next = scope_.zones.begin(); next != scope_.zones.end();) {
      std::vector<Job> jobs;
      for (; next != scope_.zones.end() && jobs.size() < kAtOnce; ++next) AddJob(*next, jobs);
      ParallelFor(jobs.size(), kShare, [&](size_t i) { MakeZone(jobs[i]); });
      for (Job& job : jobs) Take(job);
    }
  }

  void AddJob(const std::string& name, std::vector<Job>& jobs) {
    static const Laid kNothing;
    if (const v1::Zone* zone = Find(catalog_.zones, name)) {
      const auto laid = laid_.find(name);
      jobs.push_back({name, *zone, laid == laid_.end() ? kNothing : laid->second, {}, {}});
    } else {
      built_->zones.erase(name);
      built_->steered_zones.erase(name);
    }
  }

  void MakeZone(Job& job) const {
    TakeListing(job);
    const Parts parts{job.laid, ContentOf(job)};
    if (!TakeOver(job, parts)) FillZone(job.name, job.zone, parts, job.made, job.problems);
    job.made.resource = all_.at("zone/" + job.name);
    job.made.extras.Set(&ZoneExtras::view, job.zone.view());
    job.made.ecs = !job.zone.has_ecs() || job.zone.ecs();
    job.made.extras.Set(&ZoneExtras::allow_query, AllowedBy(job.zone));
    job.made.extras.Set(&ZoneExtras::overlay, job.laid.rrsets);
    job.made.steered.clear();
  }

  /// The zone as it was, or with few RRsets changed. False: it must be made.
  bool TakeOver(Job& job, const Parts& parts) const {
    const BuiltZone* const before = Before(job.name);
    if (before == nullptr || !IsSameBase(*before, *before_.steering, job.zone, parts)) return false;
    if (!IsSameOverlay(job.laid.rrsets, before->extras->overlay)) {
      return PatchOver(job.name, *before, job.laid.rrsets, job.made, job.problems);
    }
    BuiltZone made = *before;
    made.extras.Set(&ZoneExtras::listed_by, job.made.extras->listed_by);
    made.extras.Set(&ZoneExtras::incarnation, job.made.extras->incarnation);
    job.made = std::move(made);
    return true;
  }

  const BuiltZone* Before(const std::string& name) const {
    const auto zone = before_.zones.find(name);
    const bool is_declared = zone != before_.zones.end() && zone->second.extras->variant == nullptr;
    return is_declared ? &zone->second : nullptr;
  }

  void TakeListing(Job& job) const {
    const std::string id = "zone/" + job.name;
    if (listing_ == nullptr || declared_.contains(id)) return;
    const ListedZone& listed = listing_->zones.at(id);
    job.made.extras.Set(&ZoneExtras::listed_by, listed.catalog);
    job.made.extras.Set(&ZoneExtras::incarnation, listed.incarnation);
  }

  /// Of a zone that is not made of its text.
  std::shared_ptr<const zone::Records> ContentOf(const Job& job) const {
    static const std::vector<CatalogMember> kNobody;
    const BuiltZone* before = Before(job.name);
    const auto former = before == nullptr ? nullptr : before->extras->content;
    if (IsProducedCatalog(job.zone)) {
      const auto members = members_.find(job.name);
      return ProducedContent(job.zone, members == members_.end() ? kNobody : members->second,
                             former);
    }
    if (!IsSecondary(job.zone)) return nullptr;
    if (const auto fresh = contents_.find(job.name); fresh != contents_.end()) return fresh->second;
    const bool is_reset =
        before != nullptr && IsReset(before->extras->incarnation, job.made.extras->incarnation);
    return is_reset ? nullptr : former;
  }

  void Take(Job& job) {
    CheckSerial(job);
    if (IsFaulty(job)) result_.faulty_zones[job.name] = InShort(job.problems);
    Append(result_.problems, std::move(job.problems));
    built_->zones[job.name] = std::move(job.made);
    if (job.laid.owners.empty()) {
      built_->steered_zones.erase(job.name);
    } else {
      built_->steered_zones.insert(job.name);
    }
  }

  /// Something is amiss with what the zone is made of.
  static bool IsFaulty(const Job& job) {
    return job.made.zone == nullptr && job.zone.faults().empty() &&
           (job.made.extras->content != nullptr || !IsSecondary(job.zone));
  }

  /// The first error, and how many there are besides.
  static std::string InShort(const Problems& problems) {
    std::string first;
    size_t errors = 0;
    for (const Problem& problem : problems) {
      if (problem.is_warning) continue;
      if (errors++ == 0) first = problem.ToString();
    }
    return errors < 2 ? first : fmt::format("{} (and {} more)", first, errors - 1);
  }

  /// RFC 1982 section 3.2: secondaries take over what is newer.
  void CheckSerial(Job& job) const {
    const BuiltZone* before = Before(job.name);
    if (before == nullptr || IsSecondary(job.zone)) return;
    const auto was = before->base_serial;
    const auto is = job.made.base_serial;
    if (!was || !is || static_cast<int32_t>(*is - *was) >= 0) return;
    job.problems.push_back({.object = "zone " + Quoted(job.name),
                            .field = "text",
                            .fact = fmt::format("its serial went back from {} to {}, which no "
                                                "secondary takes over: where others may copy the "
                                                "zone, a newer one is served",
                                                *was, *is),
                            .is_warning = true});
  }

  void LeadToRecords() {
    if (owners_.empty()) return;
    const RecordIndex index = IndexOf(*built_->steering);
    for (const auto& [zone, laid] : laid_) {
      std::vector<uint32_t> slots;
      for (const auto& owner : laid.owners) {
        slots.push_back(index.at({owner.view, owner.owner.wire()}));
      }
      built_->zones[zone].steered = std::move(slots);
    }
  }

  const Built& before_;
  const Contents& contents_;
  const ResourceSet& declared_;
  const std::shared_ptr<const Listing> listing_;
  const ResourceSet all_;
  const Catalog catalog_;
  Scope scope_;
  std::shared_ptr<Built> built_;
  std::vector<zone::SteeredOwner> owners_;  // that must be placed
  bool is_compiled_ = false;                // all of them
  LaidByZone laid_;
  std::map<std::string, std::vector<CatalogMember>> members_;  // of produced catalogs
  BuildResult result_;
};

}  // namespace

BuildResult Build(const ResourceSet& resources, const Built* previous, const Contents& contents) {
  static const Built kNothing;
  return Builder(resources, previous == nullptr ? kNothing : *previous, contents).Build();
}

const BuiltZone* FindZone(const Built& built, const std::string& origin, const BuiltView* view) {
  if (view != nullptr) {
    const auto own = built.zones.find(Scoped{origin, view->name}.ToString());
    if (own != built.zones.end()) return &own->second;
    if (view->own_zones_only) return nullptr;
  }
  const auto zone = built.zones.find(origin);
  return zone == built.zones.end() ? nullptr : &zone->second;
}

}  // namespace waypost::config
