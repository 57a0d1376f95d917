#include "dnsd/steer/compile_vocabulary.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "dnsd/steer/checks.h"
#include "dnsd/steer/subdivision.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

// Client classes hold labels and subdivisions in 16 bits.
constexpr size_t kMaxWords = 65535;

void AddSubdivision(const std::string& text, std::set<std::string>& subdivisions) {
  if (!text.empty()) subdivisions.insert(text);
}

void CollectFromSteps(const v1::Policy& policy, std::set<std::string>& subdivisions) {
  for (const v1::Step& step : policy.steps()) {
    for (const v1::GeoRule& rule : step.geo().rules()) {
      for (const std::string& text : rule.subdivisions()) {
        AddSubdivision(CanonicalSubdivision(text), subdivisions);
      }
    }
  }
}

std::vector<std::string> CollectSubdivisions(const CompileInput& input, const Topology& topology) {
  std::set<std::string> subdivisions;
  for (const Region& region : topology.regions) {
    AddSubdivision(SubdivisionOf(region.place), subdivisions);
  }
  for (const v1::Policy* policy : input.policies) CollectFromSteps(*policy, subdivisions);
  return {subdivisions.begin(), subdivisions.end()};
}

// Networks as rules, with their labels numbered in the order of networks and entries.
class NetworkCompiler {
 public:
  NetworkCompiler(geo::Vocabulary& vocabulary, Problems& problems)
      : vocabulary_(vocabulary), problems_(problems) {}

  void Add(const v1::Network& network) {
    const Reporter report(&problems_, Quoted("network", network.name()));
    CheckName(network.name(), "name", report);
    if (network.entries().empty()) report.Fail("entries", "missing");
    for (int i = 0; i < network.entries_size(); ++i) {
      AddEntry(network.entries(i), network.name(),
               report.In(Nth("entries", static_cast<size_t>(i))));
    }
  }

 private:
  void AddEntry(const v1::NetworkEntry& entry, const std::string& network, const Reporter& report) {
    if (!entry.label().empty()) CheckName(entry.label(), "label", report);
    geo::NetworkRule rule;
    rule.has_place = entry.has_location();
    if (rule.has_place) rule.place = CheckLocation(entry.location(), report.In("location"));
    const auto prefix = IpPrefix::Parse(entry.prefix());
    if (!prefix) {
      return report.Fail("prefix", fmt::format("\"{}\" is no IP prefix with zeros after its length",
                                               entry.prefix()));
    }
    const auto [first, is_new] = prefixes_.emplace(*prefix, network);
    if (!is_new) {
      return report.Fail("prefix",
                         prefix->ToString() + " is already in " + Quoted("network", first->second));
    }
    rule.prefix = *prefix;
    rule.label = LabelIndex({network, entry.label().empty() ? network : entry.label()}, report);
    vocabulary_.networks.push_back(std::move(rule));
  }

  uint16_t LabelIndex(const geo::NetworkLabel& label, const Reporter& report) {
    const auto [at, is_new] = labels_.emplace(std::pair(label.network, label.label),
                                              static_cast<uint16_t>(vocabulary_.labels.size()));
    if (!is_new) return at->second;
    if (vocabulary_.labels.size() == kMaxWords) {
      report.Fail("label", fmt::format("is one more than {} in all networks", kMaxWords));
      return 0;
    }
    vocabulary_.labels.push_back(label);
    return at->second;
  }

  geo::Vocabulary& vocabulary_;
  Problems& problems_;
  std::map<IpPrefix, std::string> prefixes_;  // -> network
  std::map<std::pair<std::string, std::string>, uint16_t> labels_;
};

}  // namespace

void CompileVocabulary(const CompileInput& input, Steering& steering, Problems& problems) {
  geo::Vocabulary& vocabulary = steering.vocabulary;
  for (const Region& region : steering.topology.regions) {
    vocabulary.regions.push_back({region.name, region.place.coordinates});
  }
  vocabulary.subdivisions = CollectSubdivisions(input, steering.topology);
  if (vocabulary.subdivisions.size() > kMaxWords) {
    problems.push_back({"", 0, "", "", fmt::format("more than {} subdivisions", kMaxWords)});
  }
  NetworkCompiler networks(vocabulary, problems);
  for (const v1::Network* network : input.networks) networks.Add(*network);
}

}  // namespace waypost::steer
