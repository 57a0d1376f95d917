#include "dnsd/config/peers.h"

#include <algorithm>

#include "dnsd/config/catalog.h"
#include "dnsd/zone/rdata_text.h"
#include "dnsd/zone/zone.h"

namespace waypost::config {
namespace {

/// A PeerRule or an UpdateRule.
template <typename Rule>
bool IsNamedBy(const Rule& rule, const IpAddress& from, const std::string& key) {
  if (rule.networks().empty() && rule.key().empty()) return false;
  if (!rule.key().empty() && CanonicalDomain(rule.key()) != key) return false;
  return rule.networks().empty() ||
         std::any_of(rule.networks().begin(), rule.networks().end(), [&](const std::string& text) {
           const auto prefix = IpPrefix::Parse(text);
           return prefix && prefix->Contains(from);
         });
}

/// A name, or "*.NAME" for all below NAME.
bool Matches(const std::string& pattern, const wire::Name& owner) {
  const auto name = wire::Name::Parse(pattern);
  if (!name) return false;
  if (!name->is_wildcard()) return *name == owner;
  return owner.IsAtOrBelow(name->Parent()) && !(owner == name->Parent());
}

}  // namespace

std::optional<SocketAddress> ParsePeerAddress(const std::string& text) {
  if (const auto address = IpAddress::Parse(text)) return SocketAddress{*address, kDnsPort};
  return SocketAddress::Parse(text);
}

bool Allows(const v1::PeerRule& rule, const IpAddress& from, const std::string& key) {
  return IsNamedBy(rule, from, key);
}

bool MayNotify(const v1::Zone& zone, const IpAddress& from, const std::string& key) {
  const auto is_primary = [&](const v1::Peer& peer) {
    const auto address = ParsePeerAddress(peer.address());
    return address && address->address == from &&
           (peer.key().empty() || CanonicalDomain(peer.key()) == key);
  };
  const auto is_allowed = [&](const v1::PeerRule& rule) { return Allows(rule, from, key); };
  return std::any_of(zone.primaries().begin(), zone.primaries().end(), is_primary) ||
         std::any_of(zone.allow_notify().begin(), zone.allow_notify().end(), is_allowed);
}

bool AllowsSender(const v1::UpdateRule& rule, const IpAddress& from, const std::string& key) {
  return IsNamedBy(rule, from, key);
}

bool AllowsChange(const v1::UpdateRule& rule, const wire::Name& owner, uint16_t type,
                  const wire::Name& origin) {
  const bool is_apex = owner == origin;
  const bool is_delicate = is_apex && (type == zone::kSoa || type == zone::kNs);
  const bool has_type =
      rule.types().empty()
          ? !is_delicate
          : std::any_of(rule.types().begin(), rule.types().end(),
                        [type](const std::string& word) { return zone::ParseType(word) == type; });
  return has_type && (rule.names().empty() || std::any_of(rule.names().begin(), rule.names().end(),
                                                          [&](const std::string& pattern) {
                                                            return Matches(pattern, owner);
                                                          }));
}

}  // namespace waypost::config
