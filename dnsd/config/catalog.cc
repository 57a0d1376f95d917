#include "dnsd/config/catalog.h"

#include <array>

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"
#include "dnsd/wire/name.h"

namespace waypost::config {
namespace {

constexpr std::array<std::string_view, 5> kTargetKinds = {"region", "pool", "endpoint", "record",
                                                          "automation"};

/// As nearly all are: letters that need no escape, in labels that are not too long.
bool IsCanonicalDomain(std::string_view text) {
  size_t label = 0;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (c == '.' ? label == 0 : !is_plain) return false;
    label = c == '.' ? 0 : label + 1;
    if (label > wire::kMaxLabelOctets) return false;
  }
  return label > 0 && text.size() + 2 <= wire::kMaxNameOctets;
}

}  // namespace

Catalog CatalogOf(const ResourceSet& resources) {
  return {.regions = {resources, "region/", &v1::Resource::region},
          .monitors = {resources, "monitor/", &v1::Resource::monitor},
          .pools = {resources, "pool/", &v1::Resource::pool},
          .networks = {resources, "network/", &v1::Resource::network},
          .policies = {resources, "policy/", &v1::Resource::policy},
          .records = {resources, "record/", &v1::Resource::record},
          .zones = {resources, "zone/", &v1::Resource::zone},
          .overrides = {resources, "override/", &v1::Resource::override},
          .keys = {resources, "key/", &v1::Resource::key},
          .rrsets = {resources, "rrset/", &v1::Resource::rrset},
          .views = {resources, "view/", &v1::Resource::view},
          .registrations = {resources, "registration/", &v1::Resource::registration},
          .automations = {resources, "automation/", &v1::Resource::automation},
          .signals = {resources, "signal/", &v1::Resource::signal},
          .webhooks = {resources, "webhook/", &v1::Resource::webhook}};
}

std::string CanonicalDomain(const std::string& text) {
  if (IsCanonicalDomain(text)) return text;
  const auto name = wire::Name::Parse(text);
  return name ? name->Lowered().ToString() : ToLower(text);
}

Scoped Scoped::Parse(const std::string& text) {
  const size_t at = text.rfind('@');
  if (at == std::string::npos || at == 0 || text[at - 1] == '\\') return {text, ""};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string CanonicalScoped(const std::string& text) {
  const Scoped scoped = Scoped::Parse(text);
  return Scoped{CanonicalDomain(scoped.name), scoped.view}.ToString();
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
  if (target.kind == Target::Kind::kRecord) target.name = CanonicalScoped(target.name);
  if (target.kind != Target::Kind::kEndpoint) return target;
  const size_t second = target.name.find('/');
  if (second == 0 || second == std::string::npos || second + 1 == target.name.size()) {
    return std::nullopt;
  }
  target.endpoint = EndpointKey(target.name.substr(second + 1));
  target.name.resize(second);
  return target;
}

std::string EndpointKey(const std::string& address_or_cname) {
  const auto address = IpAddress::Parse(address_or_cname);
  return address ? address->ToString() : CanonicalDomain(address_or_cname);
}

std::string EndpointKey(const v1::Endpoint& endpoint) {
  return EndpointKey(endpoint.address().empty() ? endpoint.cname() : endpoint.address());
}

}  // namespace waypost::config
