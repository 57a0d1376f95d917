#include "dnsd/steer/geo.h"

#include <fmt/format.h>

#include "dnsd/steer/step_parser.h"
#include "dnsd/steer/subdivision.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

bool IsUnknown(const geo::ClientClass& client) {
  return client.country == 0 && client.continent == geo::Continent::kUnknown &&
         client.subdivision == 0;
}

}  // namespace

Geo Geo::Parse(const v1::GeoStep& message, const StepParser& parser) {
  Geo step;
  step.fence_ = message.fence();
  if (message.rules().empty()) {
    step.ParseSites(parser);
  } else {
    step.ParseRules(message, parser);
  }
  return step;
}

void Geo::ParseSites(const StepParser& parser) {
  for (const Pool& pool : parser.topology().pools) {
    const geo::Place& place = parser.topology().regions[pool.region].place;
    sites_.push_back(
        {place.country, place.continent, parser.FindSubdivision(SubdivisionOf(place))});
  }
}

void Geo::ParseRules(const v1::GeoStep& message, const StepParser& parser) {
  rules_ = std::make_unique<Rules>();
  rules_->continents.fill(kNoRule);
  rules_->subdivisions.assign(parser.vocabulary().subdivisions.size() + 1, kNoRule);
  if (message.rules_size() > static_cast<int>(kMaxRules)) {
    return parser.report().Fail("rules", fmt::format("more than {}", kMaxRules));
  }
  for (int i = 0; i < message.rules_size(); ++i) {
    ParseRule(message.rules(i), static_cast<RuleNumber>(i), parser);
  }
}

void Geo::ParseRule(const v1::GeoRule& message, RuleNumber number, const StepParser& parser) {
  const std::string path = Nth("rules", number);
  rules_->kept.push_back(parser.ParsePools(message.pools(), message.regions(), path));
  const auto claim = [number](RuleNumber& place) { place = std::min(place, number); };
  for (int i = 0; i < message.countries_size(); ++i) {
    const std::string field = path + "." + Nth("countries", static_cast<size_t>(i));
    const auto country = CheckCountry(message.countries(i), field, parser.report());
    if (country != 0) claim(rules_->countries[country]);
  }
  for (int i = 0; i < message.continents_size(); ++i) {
    const std::string field = path + "." + Nth("continents", static_cast<size_t>(i));
    const auto continent = CheckContinent(message.continents(i), field, parser.report());
    if (continent != geo::Continent::kUnknown) {
      claim(rules_->continents[static_cast<size_t>(continent)]);
    }
  }
  for (int i = 0; i < message.subdivisions_size(); ++i) {
    const std::string canonical = CanonicalSubdivision(message.subdivisions(i));
    if (canonical.empty()) {
      parser.report().Fail(
          path + "." + Nth("subdivisions", static_cast<size_t>(i)),
          fmt::format("\"{}\" is not COUNTRY-SUBDIVISION, such as US-CA", message.subdivisions(i)));
    } else {
      claim(rules_->subdivisions[parser.FindSubdivision(canonical)]);
    }
  }
  if (message.countries().empty() && message.continents().empty() &&
      message.subdivisions().empty()) {
    parser.report().Fail(path, "matches no client: give countries, continents or subdivisions");
  }
}

bool Geo::Matters(std::span<const PoolIndex> candidates) const {
  if (fence_) return true;
  if (rules_) return AnyRuleSplits(rules_->kept, candidates);
  return std::any_of(candidates.begin(), candidates.end(), [&](PoolIndex pool) {
    const Site& a = sites_[pool];
    const Site& b = sites_[candidates.front()];
    return a.country != b.country || a.continent != b.continent || a.subdivision != b.subdivision;
  });
}

RuleNumber Geo::RuleFor(const geo::ClientClass& client) const {
  RuleNumber rule = std::min(rules_->countries[client.country],
                             rules_->continents[static_cast<size_t>(client.continent)]);
  if (client.subdivision != 0) rule = std::min(rule, rules_->subdivisions[client.subdivision]);
  return rule;
}

Geo::Level Geo::LevelOf(PoolIndex pool, const geo::ClientClass& client) const {
  const Site& site = sites_[pool];
  if (client.subdivision != 0 && site.subdivision == client.subdivision) {
    return Level::kSubdivision;
  }
  if (client.country != 0 && site.country == client.country) return Level::kCountry;
  const bool same_continent =
      client.continent != geo::Continent::kUnknown && site.continent == client.continent;
  return same_continent ? Level::kContinent : Level::kNone;
}

Geo::Level Geo::BestLevel(std::span<const Candidate> candidates,
                          const geo::ClientClass& client) const {
  Level best = Level::kNone;
  for (const Candidate& c : candidates) best = std::max(best, LevelOf(c.pool, client));
  return best;
}

template <typename Predicate>
void Geo::Narrow(Candidates& candidates, Predicate keep) const {
  fence_ ? candidates.KeepOnly(keep) : candidates.Prefer(keep);
}

void Geo::ApplyNearest(Candidates& candidates, const geo::ClientClass& client) const {
  const Level best = std::max(BestLevel(candidates.all(), client), Level::kContinent);
  Narrow(candidates, [&](const Candidate& c) { return LevelOf(c.pool, client) >= best; });
}

void Geo::ApplyRules(Candidates& candidates, const geo::ClientClass& client) const {
  const RuleNumber rule = RuleFor(client);
  if (rule == kNoRule) return;
  Narrow(candidates,
         [&kept = rules_->kept[rule]](const Candidate& c) { return kept.Contains(c.pool); });
}

void Geo::Apply(Candidates& candidates, StepContext& context) const {
  const geo::ClientClass& client = context.client_class();
  if (IsUnknown(client)) return;
  rules_ ? ApplyRules(candidates, client) : ApplyNearest(candidates, client);
}

std::string Geo::Summary(const Change& change, const StepContext& context) const {
  const geo::ClientClass& client = context.client_class();
  if (IsUnknown(client)) return "the client's place is unknown: all stay";
  const std::string place = "client in " + ClientPlaceText(context);
  if (rules_) {
    const RuleNumber rule = RuleFor(client);
    if (rule == kNoRule) return place + ": no rule matches, all stay";
    return fmt::format("{}: rules[{}] {}", place, rule, KeptText(change, context));
  }
  if (!fence_ && BestLevel(change.before, client) == Level::kNone) {
    return place + ": no pool is near, all stay";
  }
  return place + ": " + KeptText(change, context);
}

std::string Geo::Why(const Candidate& candidate, const StepContext& context) const {
  const geo::ClientClass& client = context.client_class();
  if (IsUnknown(client)) return "the client's place is unknown";
  if (rules_) {
    const RuleNumber rule = RuleFor(client);
    if (rule == kNoRule) return "no rule matches";
    return rules_->kept[rule].Contains(candidate.pool) ? "named by the rule"
                                                       : "not named by the rule";
  }
  switch (LevelOf(candidate.pool, client)) {
    case Level::kSubdivision:
      return "in the client's subdivision";
    case Level::kCountry:
      return "in the client's country";
    case Level::kContinent:
      return "on the client's continent";
    case Level::kNone:
      break;
  }
  return "elsewhere";
}

}  // namespace waypost::steer
