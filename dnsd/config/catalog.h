// A set of resources sorted by kind, and the targets that overrides name.
//
// Thread safety: values. Ownership: a Catalog borrows from the set that it was made of.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/config/resource_set.h"

namespace waypost::config {

/// By name, as in NameOf.
template <typename T>
using ByName = std::map<std::string, const T*>;

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
};
Catalog CatalogOf(const ResourceSet& resources);

template <typename T>
const T* Find(const ByName<T>& list, const std::string& name) {
  const auto found = list.find(name);
  return found == list.end() ? nullptr : found->second;
}
template <typename T>
std::vector<std::string> NamesOf(const ByName<T>& list) {
  std::vector<std::string> names;
  for (const auto& [name, item] : list) names.push_back(name);
  return names;
}

/// One spelling for each domain name; text that is none is only lowered.
std::string CanonicalDomain(const std::string& text);

/// What an Override is about.
struct Target {
  enum class Kind : uint8_t { kRegion, kPool, kEndpoint, kRecord };
  Kind kind = Kind::kRegion;
  std::string name;      // of the region, pool or record
  std::string endpoint;  // its address or cname, in one spelling
  /// As Override.target has it.
  std::string ToString() const;
};
std::optional<Target> ParseTarget(std::string_view text);

/// The same for every spelling of an endpoint's address or cname.
std::string EndpointKey(const v1::Endpoint& endpoint);

}  // namespace waypost::config
