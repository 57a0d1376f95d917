#include "dnsd/control/impact.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "dnsd/base/random.h"
#include "dnsd/geo/atlas.h"
#include "dnsd/steer/decide.h"

namespace waypost::control {
namespace {

/// Draws per class: shares are told to within about three points.
constexpr size_t kDraws = 32;

/// Prefixes whose clients look alike before and alike after.
struct Cohort {
  uint32_t class_before = 0;
  uint32_t class_after = 0;
  uint64_t prefixes = 0;
  double v4_addresses = 0;
  geo::CountryCode country = 0;
};

struct Tally {
  uint64_t prefixes = 0;
  double share = 0;
  std::map<std::pair<std::string, std::string>, double> moves;
};

using Pools = std::array<steer::PoolIndex, kDraws>;

std::vector<Cohort> Cohorts(const geo::ClientMap& before, const geo::ClientMap& after) {
  std::unordered_map<uint64_t, Cohort> cohorts;
  after.ForEach([&](const IpPrefix& prefix, uint32_t class_after) {
    const uint32_t class_before =
        &before == &after ? class_after : before.Find(prefix.address).class_id;
    Cohort& cohort = cohorts[uint64_t{class_before} << 32 | class_after];
    cohort.class_before = class_before;
    cohort.class_after = class_after;
    cohort.country = after.Class(class_after).country;
    ++cohort.prefixes;
    if (prefix.address.is_v4()) cohort.v4_addresses += std::ldexp(1.0, 32 - prefix.length);
  });
  std::vector<Cohort> list;
  for (const auto& [key, cohort] : cohorts) list.push_back(cohort);
  return list;
}

/// Where a class's clients go, draw by draw. Sticky and hash steps see other networks with each
/// draw.
Pools PoolsFor(const steer::Record& record, steer::Want want, uint32_t class_id,
               const steer::World& world) {
  Pools pools;
  for (size_t i = 0; i < kDraws; ++i) {
    const uint64_t mixed = Mix64(i + 1);
    const uint64_t stratum = (uint64_t{i} << 59) + (mixed >> 5);
    const steer::Client client{
        IpAddress::FromV4(static_cast<uint32_t>(mixed)).Masked(24), 24, {class_id, 24}};
    pools[i] = Decide(record, want, client, world, {stratum, i}).pool;
  }
  return pools;
}

std::string PoolName(steer::PoolIndex pool, const steer::World& world) {
  const auto& pools = world.steering->topology.pools;
  return pool < pools.size() ? pools[pool].name : "none";
}

const steer::Record* FindRecord(const wire::Name& name, const steer::Steering& steering) {
  const auto found =
      std::find_if(steering.records.begin(), steering.records.end(),
                   [&name](const steer::Record& record) { return record.name == name; });
  return found == steering.records.end() ? nullptr : &*found;
}

bool Answers(const steer::Record* record, steer::Want want) {
  if (record == nullptr) return false;
  switch (want) {
    case steer::Want::kA:
      return record->a;
    case steer::Want::kAaaa:
      return record->aaaa;
    case steer::Want::kCname:
      return record->cname;
  }
  return false;
}

v1::RecordType TypeOf(steer::Want want) {
  return want == steer::Want::kA      ? v1::RECORD_TYPE_A
         : want == steer::Want::kAaaa ? v1::RECORD_TYPE_AAAA
                                      : v1::RECORD_TYPE_CNAME;
}

/// Remembers the last class, since cohorts of one class before follow each other after sorting.
class Decider {
 public:
  Decider(const steer::Record* record, steer::Want want, const steer::World& world)
      : record_(Answers(record, want) ? record : nullptr), want_(want), world_(world) {}

  const std::array<std::string, kDraws>& Names(uint32_t class_id) {
    if (class_id == last_) return names_;
    last_ = class_id;
    if (record_ == nullptr) {
      names_.fill("none");
      return names_;
    }
    const Pools pools = PoolsFor(*record_, want_, class_id, world_);
    for (size_t i = 0; i < kDraws; ++i) names_[i] = PoolName(pools[i], world_);
    return names_;
  }

 private:
  const steer::Record* record_;
  const steer::Want want_;
  const steer::World& world_;
  std::optional<uint32_t> last_;
  std::array<std::string, kDraws> names_;
};

void Count(const Cohort& cohort, const std::array<std::string, kDraws>& from,
           const std::array<std::string, kDraws>& to, double all_addresses,
           std::map<geo::CountryCode, Tally>& countries) {
  size_t moved = 0;
  for (size_t i = 0; i < kDraws; ++i) moved += from[i] != to[i];
  if (moved == 0) return;
  Tally& tally = countries[cohort.country];
  const double share = all_addresses > 0 ? cohort.v4_addresses / all_addresses : 0;
  tally.prefixes += cohort.prefixes;
  tally.share += share * static_cast<double>(moved) / kDraws;
  for (size_t i = 0; i < kDraws; ++i) {
    if (from[i] != to[i])
      tally.moves[{from[i], to[i]}] += share + 1e-12 * static_cast<double>(cohort.prefixes);
  }
}

v1::Impact Summarise(const wire::Name& name, steer::Want want, uint64_t prefixes,
                     const std::map<geo::CountryCode, Tally>& countries) {
  v1::Impact impact;
  impact.set_record(name.ToString());
  impact.set_type(TypeOf(want));
  impact.set_prefixes(prefixes);
  for (const auto& [code, tally] : countries) {
    impact.set_changed_prefixes(impact.changed_prefixes() + tally.prefixes);
    impact.set_changed_share(impact.changed_share() + tally.share);
    v1::CountryImpact* country = impact.add_countries();
    country->set_country(geo::CountryName(code));
    country->set_changed_prefixes(tally.prefixes);
    country->set_changed_share(tally.share);
    const auto main =
        std::max_element(tally.moves.begin(), tally.moves.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    country->set_from(main->first.first);
    country->set_to(main->first.second);
  }
  std::sort(impact.mutable_countries()->begin(), impact.mutable_countries()->end(),
            [](const auto& a, const auto& b) { return a.changed_share() > b.changed_share(); });
  return impact;
}

std::vector<wire::Name> NamesOf(const steer::Steering& before, const steer::Steering& after) {
  std::vector<wire::Name> names;
  for (const steer::Record& record : after.records) names.push_back(record.name);
  for (const steer::Record& record : before.records) {
    if (FindRecord(record.name, after) == nullptr) names.push_back(record.name);
  }
  return names;
}

}  // namespace

std::vector<v1::Impact> FindImpacts(const steer::World& before, const steer::World& after) {
  std::vector<Cohort> cohorts = Cohorts(*before.clients, *after.clients);
  std::sort(cohorts.begin(), cohorts.end(),
            [](const Cohort& a, const Cohort& b) { return a.class_before < b.class_before; });
  uint64_t prefixes = 0;
  double addresses = 0;
  for (const Cohort& cohort : cohorts) {
    prefixes += cohort.prefixes;
    addresses += cohort.v4_addresses;
  }
  std::vector<v1::Impact> impacts;
  for (const wire::Name& name : NamesOf(*before.steering, *after.steering)) {
    const steer::Record* old_record = FindRecord(name, *before.steering);
    const steer::Record* new_record = FindRecord(name, *after.steering);
    for (const steer::Want want : {steer::Want::kA, steer::Want::kAaaa, steer::Want::kCname}) {
      if (!Answers(old_record, want) && !Answers(new_record, want)) continue;
      Decider old_decider(old_record, want, before);
      Decider new_decider(new_record, want, after);
      std::map<geo::CountryCode, Tally> countries;
      for (const Cohort& cohort : cohorts) {
        Count(cohort, old_decider.Names(cohort.class_before), new_decider.Names(cohort.class_after),
              addresses, countries);
      }
      if (!countries.empty()) impacts.push_back(Summarise(name, want, prefixes, countries));
    }
  }
  return impacts;
}

}  // namespace waypost::control
