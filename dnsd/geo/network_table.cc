#include "dnsd/geo/network_table.h"

#include <algorithm>
#include <utility>

#include "dnsd/geo/normalise.h"

namespace waypost::geo {

NetworkTable NetworkTable::Build(const Vocabulary& vocabulary) {
  std::vector<std::pair<IpPrefix, const NetworkRule*>> rules;
  // Outer networks first, so that an inner one finds what it inherits; of two for one prefix, the
  // first declared last, as the one added last goes before.
  for (auto rule = vocabulary.networks.rbegin(); rule != vocabulary.networks.rend(); ++rule)
    rules.emplace_back(NormalisePrefix(rule->prefix), &*rule);
  std::stable_sort(rules.begin(), rules.end(),
                   [](const auto& a, const auto& b) { return a.first.length < b.first.length; });
  NetworkTable table;
  for (const auto& [prefix, rule] : rules) table.Add(prefix, *rule);
  return table;
}

void NetworkTable::Add(const IpPrefix& prefix, const NetworkRule& rule) {
  Entry entry = entries_[trie_.Find(prefix)];
  std::erase(entry.labels, rule.label);
  entry.labels.insert(entry.labels.begin(), rule.label);
  entry.rule = &rule;
  if (rule.has_place) entry.place = &rule;
  trie_.Set(prefix, static_cast<uint32_t>(entries_.size()));
  entries_.push_back(std::move(entry));
}

}  // namespace waypost::geo
