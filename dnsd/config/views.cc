#include "dnsd/config/views.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "dnsd/config/scalar.h"
#include "dnsd/steer/checks.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {
namespace {

using steer::Nth;
using steer::Reporter;

/// Each text read, or just "any" if there are none.
template <typename T>
std::vector<std::optional<T>> ReadAll(
    const google::protobuf::RepeatedPtrField<std::string>& texts) {
  if (texts.empty()) return {std::nullopt};
  std::vector<std::optional<T>> values;
  for (const std::string& text : texts) {
    if (auto value = T::Parse(text)) values.push_back(value);
  }
  return values;
}

void AddRules(const v1::ViewRule& rule, uint32_t number, std::vector<ViewRule>& rules) {
  if (rule.networks().empty() && rule.key().empty() && rule.addresses().empty()) return;
  const std::string key = rule.key().empty() ? "" : CanonicalDomain(rule.key());
  for (const auto& address : ReadAll<IpAddress>(rule.addresses())) {
    for (const auto& network : ReadAll<IpPrefix>(rule.networks())) {
      rules.push_back({number, key, address, network});
    }
  }
}

/// "key "inside", address 192.0.2.1, network 10.0.0.0/8".
std::string WordsOf(const ViewRule& rule) {
  std::string words;
  const auto add = [&words](const std::string& word) {
    words += (words.empty() ? "" : ", ") + word;
  };
  if (!rule.key.empty()) add("key " + Quoted(rule.key));
  if (rule.asked) add("address " + rule.asked->ToString());
  if (rule.network) add("network " + rule.network->ToString());
  return words;
}

template <typename T>
void CheckTexts(const google::protobuf::RepeatedPtrField<std::string>& texts,
                const std::string& field, const std::string& fact, const Reporter& report) {
  for (int i = 0; i < texts.size(); ++i) {
    if (!T::Parse(texts[i])) {
      report.Fail(Nth(field, static_cast<size_t>(i)), Quoted(texts[i]) + fact);
    }
  }
}

void CheckRule(const v1::ViewRule& rule, const Catalog& catalog, const Reporter& report) {
  if (rule.networks().empty() && rule.key().empty() && rule.addresses().empty()) {
    report.Fail("", "names nobody: give networks, key, addresses or several of them");
  }
  CheckTexts<IpPrefix>(rule.networks(), "networks", " is no address or prefix", report);
  CheckTexts<IpAddress>(rule.addresses(), "addresses", " is no address", report);
  if (rule.key().empty() || Find(catalog.keys, CanonicalDomain(rule.key())) != nullptr) return;
  report.Fail("key", "there is no key " + Quoted(rule.key()) +
                         DidYouMean(rule.key(), NamesOf(catalog.keys)));
}

void CheckView(const v1::View& view, const Catalog& catalog, const Reporter& report) {
  steer::CheckName(view.name(), "name", report);
  if (view.name() == kNoView) {
    report.Fail("name", Quoted(kNoView) + " stands for the clients of no view");
  }
  if (view.match().empty()) report.Fail("match", "missing: nobody has the view");
  for (int i = 0; i < view.match_size(); ++i) {
    CheckRule(view.match(i), catalog, report.In(Nth("match", static_cast<size_t>(i))));
  }
}

/// Two rules that a client could meet both of, with nothing to say which is more specific, are the
/// same in all that they look at.
void CheckOverlaps(const ByName<v1::View>& views, Problems& problems) {
  const std::vector<std::string> names = NamesOf(views);
  std::vector<ViewRule> rules;
  for (uint32_t i = 0; i < names.size(); ++i) {
    std::ranges::copy(RulesOf(*Find(views, names[i]), i), std::back_inserter(rules));
  }
  std::sort(rules.begin(), rules.end(), ComesBefore);
  for (size_t i = 1; i < rules.size(); ++i) {
    const ViewRule& a = rules[i - 1];
    const ViewRule& b = rules[i];
    if (!a.IsAlike(b) || a.view == b.view) continue;
    Reporter(&problems, "view " + Quoted(names[b.view]))
        .Fail("match", "overlaps with view " + Quoted(names[a.view]) + ": both have clients with " +
                           WordsOf(a));
  }
}

std::string ViewOf(const v1::Resource& resource) {
  if (resource.has_zone()) return resource.zone().view();
  return resource.has_record() ? resource.record().view() : resource.rrset().view();
}

void CheckReference(const v1::Resource& resource, const Catalog& catalog, Problems& problems) {
  const std::string view = ViewOf(resource);
  if (view.empty() || Find(catalog.views, view) != nullptr) return;
  Reporter(&problems, Describe(resource))
      .Fail("view", "there is no view " + Quoted(view) + DidYouMean(view, NamesOf(catalog.views)));
}

void CheckAllReferences(const ResourceSet& resources, const Catalog& catalog, Problems& problems) {
  std::set<std::string> used;
  for (const auto& [id, resource] : resources) {
    CheckReference(*resource, catalog, problems);
    used.insert(ViewOf(*resource));
  }
  for (const auto& [name, view] : catalog.views) {
    if (used.contains(name)) continue;
    Reporter(&problems, "view " + Quoted(name)).Warn("", "nothing belongs to it");
  }
}

void CheckChangedReferences(const ResourceSet& resources, const Catalog& catalog,
                            const Scope& scope, Problems& problems) {
  const auto check = [&](const std::string& id) {
    const auto found = resources.find(id);
    if (found != resources.end()) CheckReference(*found->second, catalog, problems);
  };
  for (const std::string& zone : scope.zones) check("zone/" + zone);
  for (const std::string& id : scope.placed) check(id);
}

}  // namespace

std::vector<ViewRule> RulesOf(const v1::View& view, uint32_t number) {
  std::vector<ViewRule> rules;
  for (const v1::ViewRule& rule : view.match()) AddRules(rule, number, rules);
  return rules;
}

ViewMap MapOf(const ByName<v1::View>& views) {
  std::vector<ViewRule> rules;
  uint32_t number = 0;
  for (const auto& [name, view] : views) {
    std::ranges::copy(RulesOf(*view, number++), std::back_inserter(rules));
  }
  return ViewMap(std::move(rules));
}

void CheckViews(const ResourceSet& resources, const Scope& scope, Problems& problems) {
  const Catalog catalog = CatalogOf(resources);
  if (!scope.Has("view")) CheckChangedReferences(resources, catalog, scope, problems);
  if (!scope.Has("view") && !scope.Has("key")) return;
  for (const auto& [name, view] : catalog.views) {
    CheckView(*view, catalog, Reporter(&problems, "view " + Quoted(name)));
  }
  CheckOverlaps(catalog.views, problems);
  if (scope.Has("view")) CheckAllReferences(resources, catalog, problems);
}

}  // namespace waypost::config
