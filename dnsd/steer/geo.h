// `geo`: keeps the pools for the client's place.
//
// With rules the first that matches decides; where none matches all pools stay. Without rules the
// pools in the client's subdivision stay, else those in its country, else those on its continent,
// by their regions' locations. A client of unknown place keeps all pools. As a preference (the
// default) all pools stay where none would be kept; as a fence no others may answer, and which of
// the three levels holds does not depend on health.
//
// Thread safety: immutable.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/country_table.h"
#include "dnsd/steer/rule_sets.h"
#include "dnsd/steer/words.h"

namespace waypost::v1 {
class GeoRule;
class GeoStep;
}  // namespace waypost::v1

namespace waypost::steer {

class StepParser;

class Geo {
 public:
  static constexpr std::string_view kName = "geo";

  static Geo Parse(const v1::GeoStep& message, const StepParser& parser);

  bool fence() const { return fence_; }
  bool Matters(std::span<const PoolIndex> candidates) const;
  void Apply(Candidates& candidates, StepContext& context) const;
  std::string Summary(const Change& change, const StepContext& context) const;
  std::string Why(const Candidate& candidate, const StepContext& context) const;

 private:
  enum class Level : uint8_t { kNone, kContinent, kCountry, kSubdivision };

  struct Site {
    geo::CountryCode country = 0;
    geo::Continent continent = geo::Continent::kUnknown;
    uint16_t subdivision = 0;  // as in ClientClass
  };

  // Each place's first rule.
  struct Rules {
    CountryTable<RuleNumber> countries{kNoRule};
    std::array<RuleNumber, 8> continents;
    std::vector<RuleNumber> subdivisions;  // by ClientClass::subdivision
    std::vector<PoolSet> kept;             // by rule
  };

  void ParseSites(const StepParser& parser);
  void ParseRules(const v1::GeoStep& message, const StepParser& parser);
  void ParseRule(const v1::GeoRule& message, RuleNumber number, const StepParser& parser);
  RuleNumber RuleFor(const geo::ClientClass& client) const;
  Level LevelOf(PoolIndex pool, const geo::ClientClass& client) const;
  Level BestLevel(std::span<const Candidate> candidates, const geo::ClientClass& client) const;
  template <typename Predicate>
  void Narrow(Candidates& candidates, Predicate keep) const;
  void ApplyNearest(Candidates& candidates, const geo::ClientClass& client) const;
  void ApplyRules(Candidates& candidates, const geo::ClientClass& client) const;

  bool fence_ = false;
  std::unique_ptr<Rules> rules_;  // null: by the regions' places
  std::vector<Site> sites_;       // by pool
};

}  // namespace waypost::steer
