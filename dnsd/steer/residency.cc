#include "dnsd/steer/residency.h"

#include <fmt/format.h>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

Residency Residency::Parse(const v1::ResidencyStep& message, const StepParser& parser) {
  Residency step;
  step.fence_ = !message.prefer();
  step.ParseGiven(message, parser);
  step.ParsePools(message.label().empty() ? "jurisdiction" : message.label(), parser);
  for (const geo::NetworkLabel& label : parser.vocabulary().labels) {
    step.labels_.push_back(step.jurisdictions_.Find(label.label));
  }
  return step;
}

void Residency::ParseGiven(const v1::ResidencyStep& message, const StepParser& parser) {
  for (int i = 0; i < message.jurisdictions_size(); ++i) {
    const v1::Jurisdiction& given = message.jurisdictions(i);
    const std::string path = Nth("jurisdictions", static_cast<size_t>(i));
    CheckName(given.value(), path + ".value", parser.report());
    const JurisdictionSet bit = jurisdictions_.Add(given.value());
    if (bit == 0) {
      return parser.report().Fail(path, fmt::format("more than {} values", kMaxJurisdictions));
    }
    for (int c = 0; c < given.countries_size(); ++c) {
      const std::string field = path + "." + Nth("countries", static_cast<size_t>(c));
      const auto country = CheckCountry(given.countries(c), field, parser.report());
      if (country != 0) jurisdictions_.AddCountry(country, bit);
    }
  }
}

void Residency::ParsePools(const std::string& label, const StepParser& parser) {
  std::vector<JurisdictionSet> regions;
  for (const v1::Region* region : parser.input().regions) {
    const auto at = region->labels().find(label);
    const bool labelled = at != region->labels().end();
    regions.push_back(labelled ? jurisdictions_.Add(at->second) : 0);
    if (labelled && regions.back() == 0) {
      parser.report().Fail("label", fmt::format("regions have more than {} values of \"{}\"",
                                                kMaxJurisdictions, label));
    }
  }
  if (std::all_of(regions.begin(), regions.end(), [](JurisdictionSet s) { return s == 0; })) {
    parser.report().Warn("label", fmt::format("no region has a label \"{}\"", label));
  }
  for (const Pool& pool : parser.topology().pools) {
    pools_.push_back(pool.region < regions.size() ? regions[pool.region] : 0);
  }
}

bool Residency::Matters(std::span<const PoolIndex> candidates) const {
  return fence_ || std::any_of(candidates.begin(), candidates.end(), [&](PoolIndex pool) {
           return pools_[pool] != pools_[candidates.front()];
         });
}

JurisdictionSet Residency::ClientsOwn(const StepContext& context) const {
  const geo::ClientClass& client = context.client_class();
  for (const uint16_t label : context.world.clients->Labels(client)) {
    if (labels_[label] != 0) return labels_[label];
  }
  return jurisdictions_.Of(client.country);
}

void Residency::Apply(Candidates& candidates, StepContext& context) const {
  const JurisdictionSet own = ClientsOwn(context);
  if (own == 0) return;
  const auto keep = [&](const Candidate& c) { return (pools_[c.pool] & own) != 0; };
  fence_ ? candidates.KeepOnly(keep) : candidates.Prefer(keep);
}

std::string Residency::Summary(const Change& change, const StepContext& context) const {
  const std::string place = "client in " + ClientPlaceText(context);
  const JurisdictionSet own = ClientsOwn(context);
  if (own == 0) return place + ": of no known jurisdiction, all stay";
  return fmt::format("{}: {}; {}", place, jurisdictions_.Text(own), KeptText(change, context));
}

std::string Residency::Why(const Candidate& candidate, const StepContext& /*context*/) const {
  const JurisdictionSet label = pools_[candidate.pool];
  return label == 0 ? "its region has no label" : "labelled " + jurisdictions_.Text(label);
}

}  // namespace waypost::steer
