// A set of resources by kind, and the targets that overrides name.
//
// Thread safety: values. Ownership: a Catalog borrows from the set that it was made of, which must
// stay as it is.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnsd/config/resource_set.h"

namespace waypost::config {

/// The resources of one kind by name, as in NameOf: a part of a set, where they stand together.
template <typename T>
class ByName {
 public:
  using Getter = const T& (v1::Resource::*)() const;

  class const_iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::pair<std::string, const T*>;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = value_type;

    const_iterator(const ByName* list, ResourceSet::const_iterator at) : list_(list), at_(at) {}
    value_type operator*() const {
      return {at_->first.substr(list_->prefix_.size()), &list_->Get(*at_->second)};
    }
    const_iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const const_iterator& other) const { return at_ == other.at_; }

   private:
    const ByName* list_;
    ResourceSet::const_iterator at_;
  };

  /// `prefix`: what the ids of this kind begin with.
  ByName(const ResourceSet& set, std::string_view prefix, Getter get)
      : set_(&set), prefix_(prefix), get_(get) {}

  const_iterator begin() const { return {this, set_->lower_bound(prefix_)}; }
  const_iterator end() const { return {this, set_->lower_bound(AfterAll())}; }
  bool empty() const { return begin() == end(); }

  const T* Find(std::string_view name) const {
    const auto found = set_->find(std::string(prefix_).append(name));
    return found == set_->end() ? nullptr : &Get(*found->second);
  }

 private:
  const T& Get(const v1::Resource& resource) const { return (resource.*get_)(); }
  /// The prefix ends with a slash; nothing stands between it and the next character.
  std::string AfterAll() const {
    std::string next(prefix_);
    ++next.back();
    return next;
  }

  const ResourceSet* set_;
  std::string_view prefix_;
  Getter get_;
};

struct Catalog {
  ByName<v1::Region> regions;
  ByName<v1::Monitor> monitors;
  ByName<v1::Pool> pools;
  ByName<v1::Network> networks;
  ByName<v1::Policy> policies;
  ByName<v1::Record> records;
  ByName<v1::Zone> zones;
  ByName<v1::Override> overrides;
  ByName<v1::Key> keys;
  ByName<v1::Rrset> rrsets;
  ByName<v1::View> views;
  ByName<v1::Registration> registrations;
  ByName<v1::Automation> automations;
  ByName<v1::Signal> signals;
  ByName<v1::Webhook> webhooks;
};
Catalog CatalogOf(const ResourceSet& resources);

template <typename T>
const T* Find(const ByName<T>& list, const std::string& name) {
  return list.Find(name);
}
template <typename T>
std::vector<std::string> NamesOf(const ByName<T>& list) {
  std::vector<std::string> names;
  for (const auto& [name, item] : list) names.push_back(name);
  return names;
}

/// One spelling for each domain name; text that is none is only lowered.
std::string CanonicalDomain(const std::string& text);

/// A name, and the view that it is for: NAME@VIEW, or NAME for all.
struct Scoped {
  std::string name;
  std::string view;

  /// Views have no '@' in their names, and domain names have it escaped.
  static Scoped Parse(const std::string& text);
  std::string ToString() const { return view.empty() ? name : name + "@" + view; }
};
/// The same of a domain name in one spelling.
std::string CanonicalScoped(const std::string& text);

/// What an Override is about.
struct Target {
  enum class Kind : uint8_t { kRegion, kPool, kEndpoint, kRecord, kAutomation };
  Kind kind = Kind::kRegion;
  std::string name;      // of the region, pool, record or automation
  std::string endpoint;  // its address or cname, in one spelling
  /// As Override.target has it.
  std::string ToString() const;
};
std::optional<Target> ParseTarget(std::string_view text);

/// The same for every spelling of an endpoint's address or cname.
std::string EndpointKey(const v1::Endpoint& endpoint);
std::string EndpointKey(const std::string& address_or_cname);

}  // namespace waypost::config
