#include "dnsd/config/catalog.h"

#include <array>

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"
#include "dnsd/wire/name.h"

namespace waypost::config {
namespace {

constexpr std::array<std::string_view, 4> kTargetKinds = {"region", "pool", "endpoint", "record"};

std::string CanonicalEndpoint(const std::string& text) {
  const auto address = IpAddress::Parse(text);
  return address ? address->ToString() : CanonicalDomain(text);
}

}  // namespace

Catalog CatalogOf(const ResourceSet& resources) {
  Catalog catalog;
  for (const auto& [id, resource] : resources) {
    const std::string name = NameOf(*resource);
    switch (resource->kind_case()) {
      case v1::Resource::kRegion:
        catalog.regions[name] = &resource->region();
        break;
      case v1::Resource::kMonitor:
        catalog.monitors[name] = &resource->monitor();
        break;
      case v1::Resource::kPool:
        catalog.pools[name] = &resource->pool();
        break;
      case v1::Resource::kNetwork:
        catalog.networks[name] = &resource->network();
        break;
      case v1::Resource::kPolicy:
        catalog.policies[name] = &resource->policy();
        break;
      case v1::Resource::kRecord:
        catalog.records[name] = &resource->record();
        break;
      case v1::Resource::kZone:
        catalog.zones[name] = &resource->zone();
        break;
      case v1::Resource::kKey:
        catalog.keys[name] = &resource->key();
        break;
      case v1::Resource::kRrset:
        catalog.rrsets[name] = &resource->rrset();
        break;
      case v1::Resource::kOverride:
        catalog.overrides[name] = &resource->override();
        break;
      case v1::Resource::KIND_NOT_SET:
        break;
    }
  }
  return catalog;
}

std::string CanonicalDomain(const std::string& text) {
  const auto name = wire::Name::Parse(text);
  return name ? name->Lowered().ToString() : ToLower(text);
}

std::string Target::ToString() const {
  const std::string text = std::string(kTargetKinds[static_cast<size_t>(kind)]) + "/" + name;
  return kind == Kind::kEndpoint ? text + "/" + endpoint : text;
}

std::optional<Target> ParseTarget(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size()) return std::nullopt;
  Target target;
  target.name = text.substr(slash + 1);
  size_t kind = 0;
  while (kind < kTargetKinds.size() && kTargetKinds[kind] != text.substr(0, slash)) ++kind;
  if (kind == kTargetKinds.size()) return std::nullopt;
  target.kind = static_cast<Target::Kind>(kind);
  if (target.kind == Target::Kind::kRecord) target.name = CanonicalDomain(target.name);
  if (target.kind != Target::Kind::kEndpoint) return target;
  const size_t second = target.name.find('/');
  if (second == 0 || second == std::string::npos || second + 1 == target.name.size()) {
    return std::nullopt;
  }
  target.endpoint = CanonicalEndpoint(target.name.substr(second + 1));
  target.name.resize(second);
  return target;
}

std::string EndpointKey(const v1::Endpoint& endpoint) {
  return CanonicalEndpoint(endpoint.address().empty() ? endpoint.cname() : endpoint.address());
}

}  // namespace waypost::config
