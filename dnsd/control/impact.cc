#include "dnsd/control/impact.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>

#include "dnsd/base/random.h"
#include "dnsd/config/catalog.h"
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
  std::map<std::pair<uint32_t, uint32_t>, double> moves;  // from pool to pool, by number
};

/// Numbers for names, the same in both worlds.
class Numbers {
 public:
  uint32_t Of(const std::string& name) {
    const auto [at, is_new] = numbers_.emplace(name, static_cast<uint32_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return at->second;
  }
  const std::string& NameOf(uint32_t number) const { return names_[number]; }

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<std::string> names_;
};

/// One draw's answer: the pool, and its addresses in any order.
struct Choice {
  uint32_t pool = 0;
  uint64_t addresses = 0;

  bool operator==(const Choice&) const = default;
};

using Choices = std::array<Choice, kDraws>;

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

/// A record's name and view.
struct RecordName {
  wire::Name name;
  std::string view;

  explicit RecordName(const steer::Record& record) : name(record.name), view(record.view) {}
  bool operator==(const RecordName&) const = default;
};

const steer::Record* FindRecord(const RecordName& name, const steer::Steering& steering) {
  const auto found =
      std::find_if(steering.records.begin(), steering.records.end(),
                   [&name](const steer::Record& record) { return RecordName(record) == name; });
  return found == steering.records.end() ? nullptr : &*found;
}

/// Types of a record that are one decision each.
constexpr std::array kDecided = {
    std::pair(v1::RECORD_TYPE_A, steer::Want::kA),
    std::pair(v1::RECORD_TYPE_AAAA, steer::Want::kAaaa),
    std::pair(v1::RECORD_TYPE_CNAME, steer::Want::kCname),
    std::pair(v1::RECORD_TYPE_SRV, steer::Want::kService),
    std::pair(v1::RECORD_TYPE_SVCB, steer::Want::kService),
    std::pair(v1::RECORD_TYPE_HTTPS, steer::Want::kService),
};

bool Answers(const steer::Record* record, v1::RecordType type) {
  return record != nullptr && record->types.Has(static_cast<uint16_t>(type));
}

/// Remembers the last class, since cohorts of one class before follow each other after sorting.
class Decider {
 public:
  /// `record`: null where nothing is answered.
  Decider(const steer::Record* record, steer::Want want, const steer::World& world,
          Numbers& numbers)
      : record_(record), want_(want), world_(world), nowhere_(numbers.Of("none")) {
    for (const auto& pool : world.steering->topology.pools) pools_.push_back(numbers.Of(pool.name));
    for (const auto& one : world.steering->topology.endpoints) {
      endpoints_.push_back(Mix64(numbers.Of(one.id)));
    }
    choices_.fill({nowhere_, 0});
  }

  const Choices& ChoicesOf(uint32_t class_id) {
    if (record_ == nullptr || class_id == last_) return choices_;
    last_ = class_id;
    for (size_t i = 0; i < kDraws; ++i) choices_[i] = Choose(class_id, i);
    return choices_;
  }

 private:
  /// Sticky and hash steps see another network with each draw.
  Choice Choose(uint32_t class_id, size_t draw) const {
    const uint64_t mixed = Mix64(draw + 1);
    const uint64_t stratum = (uint64_t{draw} << 59) + (mixed >> 5);
    const steer::Client client{
        IpAddress::FromV4(static_cast<uint32_t>(mixed)).Masked(24), 24, {class_id, 24}};
    const auto decision = Decide(*record_, want_, client, world_, {stratum, draw});
    Choice choice{decision.pool < pools_.size() ? pools_[decision.pool] : nowhere_, 0};
    for (size_t i = 0; i < decision.count; ++i) {
      choice.addresses += endpoints_[decision.endpoints[i]];
    }
    return choice;
  }

  const steer::Record* record_;
  const steer::Want want_;
  const steer::World& world_;
  const uint32_t nowhere_;
  std::vector<uint32_t> pools_;      // by PoolIndex
  std::vector<uint64_t> endpoints_;  // by EndpointIndex; sums of these tell sets apart
  std::optional<uint32_t> last_;
  Choices choices_;
};

void Count(const Cohort& cohort, const Choices& from, const Choices& to, double all_addresses,
           std::map<geo::CountryCode, Tally>& countries) {
  const auto moved = static_cast<size_t>(std::inner_product(from.begin(), from.end(), to.begin(), 0,
                                                            std::plus<>(), std::not_equal_to<>()));
  if (moved == 0) return;
  Tally& tally = countries[cohort.country];
  const double share = all_addresses > 0 ? cohort.v4_addresses / all_addresses : 0;
  tally.prefixes += cohort.prefixes;
  tally.share += share * static_cast<double>(moved) / kDraws;
  for (size_t i = 0; i < kDraws; ++i) {
    if (from[i] == to[i]) continue;
    tally.moves[{from[i].pool, to[i].pool}] += share + 1e-12 * static_cast<double>(cohort.prefixes);
  }
}

v1::Impact Summarise(const RecordName& name, v1::RecordType type, uint64_t prefixes,
                     const std::map<geo::CountryCode, Tally>& countries, const Numbers& numbers) {
  v1::Impact impact;
  impact.set_record(config::Scoped{name.name.ToString(), name.view}.ToString());
  impact.set_type(type);
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
    country->set_from(numbers.NameOf(main->first.first));
    country->set_to(numbers.NameOf(main->first.second));
  }
  std::sort(impact.mutable_countries()->begin(), impact.mutable_countries()->end(),
            [](const auto& a, const auto& b) { return a.changed_share() > b.changed_share(); });
  return impact;
}

std::vector<RecordName> NamesOf(const steer::Steering& before, const steer::Steering& after) {
  std::vector<RecordName> names;
  const auto is_declared = [](const steer::Record& record) {
    return record.role == steer::Role::kDeclared;
  };
  for (const steer::Record& record : after.records) {
    if (is_declared(record)) names.emplace_back(record);
  }
  for (const steer::Record& record : before.records) {
    const bool is_gone = FindRecord(RecordName(record), after) == nullptr;
    if (is_gone && is_declared(record)) names.emplace_back(record);
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
  for (const RecordName& name : NamesOf(*before.steering, *after.steering)) {
    const steer::Record* old_record = FindRecord(name, *before.steering);
    const steer::Record* new_record = FindRecord(name, *after.steering);
    for (const auto& [type, want] : kDecided) {
      const bool was_answered = Answers(old_record, type);
      const bool is_answered = Answers(new_record, type);
      if (!was_answered && !is_answered) continue;
      Numbers numbers;
      Decider old_decider(was_answered ? old_record : nullptr, want, before, numbers);
      Decider new_decider(is_answered ? new_record : nullptr, want, after, numbers);
      std::map<geo::CountryCode, Tally> countries;
      for (const Cohort& cohort : cohorts) {
        Count(cohort, old_decider.ChoicesOf(cohort.class_before),
              new_decider.ChoicesOf(cohort.class_after), addresses, countries);
      }
      if (!countries.empty())
        impacts.push_back(Summarise(name, type, prefixes, countries, numbers));
    }
  }
  return impacts;
}

}  // namespace waypost::control
