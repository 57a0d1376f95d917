#include "dnsd/config/peers.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/steer/reporter.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/rdata_text.h"

namespace waypost::config {
namespace {

using steer::Nth;
using steer::Reporter;

/// A member's label and what stands before and behind it: "group", 32 digits, "zones".
constexpr size_t kMaxCatalogOctets = wire::kMaxNameOctets - 6 - 33 - 6;
constexpr size_t kMaxGroupOctets = 255;  // one character-string

void CheckKeyName(const std::string& name, const Catalog& catalog, const Reporter& report) {
  if (name.empty() || Find(catalog.keys, CanonicalDomain(name)) != nullptr) return;
  report.Fail("key", "there is no key " + Quoted(name) + DidYouMean(name, NamesOf(catalog.keys)));
}

void CheckPeer(const v1::Peer& peer, const Catalog& catalog, const Reporter& report) {
  const auto address = ParsePeerAddress(peer.address());
  if (peer.address().empty()) {
    report.Fail("address", "missing");
  } else if (!address || address->port == 0) {
    report.Fail("address", Quoted(peer.address()) + " is no ADDRESS or ADDRESS:PORT");
  }
  CheckKeyName(peer.key(), catalog, report);
}

/// A PeerRule or an UpdateRule.
template <typename Rule>
void CheckRule(const Rule& rule, const Catalog& catalog, const Reporter& report) {
  if (rule.networks().empty() && rule.key().empty()) {
    report.Fail("", "names nobody: give networks, key or both");
  }
  for (int i = 0; i < rule.networks_size(); ++i) {
    if (IpPrefix::Parse(rule.networks(i))) continue;
    report.Fail(Nth("networks", static_cast<size_t>(i)),
                Quoted(rule.networks(i)) + " is no address or prefix");
  }
  CheckKeyName(rule.key(), catalog, report);
}

void CheckUpdateRule(const v1::UpdateRule& rule, const wire::Name& origin, const Catalog& catalog,
                     const Reporter& report) {
  CheckRule(rule, catalog, report);
  for (int i = 0; i < rule.names_size(); ++i) {
    const auto name = wire::Name::Parse(rule.names(i));
    if (name && name->IsAtOrBelow(origin)) continue;
    report.Fail(Nth("names", static_cast<size_t>(i)),
                Quoted(rule.names(i)) + " is no name of the zone, nor \"*.NAME\"");
  }
  for (int i = 0; i < rule.types_size(); ++i) {
    if (zone::ParseType(rule.types(i))) continue;
    report.Fail(Nth("types", static_cast<size_t>(i)),
                Quoted(rule.types(i)) + " is no type of record");
  }
}

/// Who may transfer what, who is told, and from whom the zone comes; of a catalog's group too.
template <typename T>
void CheckPeers(const T& zone, const Catalog& catalog, const Reporter& report) {
  for (int i = 0; i < zone.allow_transfer_size(); ++i) {
    CheckRule(zone.allow_transfer(i), catalog,
              report.In(Nth("allow_transfer", static_cast<size_t>(i))));
  }
  for (int i = 0; i < zone.primaries_size(); ++i) {
    CheckPeer(zone.primaries(i), catalog, report.In(Nth("primaries", static_cast<size_t>(i))));
  }
  for (int i = 0; i < zone.allow_notify_size(); ++i) {
    CheckRule(zone.allow_notify(i), catalog,
              report.In(Nth("allow_notify", static_cast<size_t>(i))));
  }
  for (int i = 0; i < zone.notify_size(); ++i) {
    CheckPeer(zone.notify(i), catalog, report.In(Nth("notify", static_cast<size_t>(i))));
  }
}

void CheckProduced(const v1::Zone& zone, const Reporter& report) {
  const auto origin = wire::Name::Parse(zone.origin());
  if (!zone.primaries().empty()) {
    report.Fail("catalog", "is made of its members: give no primaries");
  }
  if (origin && origin->wire().size() > kMaxCatalogOctets) {
    report.Fail("origin",
                "is too long for a catalog: its members' names would be above 255 octets");
  }
}

void CheckConsumed(const v1::Zone& zone, const Catalog& catalog, const Reporter& report) {
  if (zone.primaries().empty()) {
    report.Fail("catalog", "what is consumed is transferred: give primaries");
  }
  for (int i = 0; i < zone.groups_size(); ++i) {
    const Reporter group = report.In(Nth("groups", static_cast<size_t>(i)));
    if (zone.groups(i).name().empty()) group.Fail("name", "missing");
    CheckPeers(zone.groups(i), catalog, group);
    for (const std::string& network : zone.groups(i).allow_query()) {
      if (!IpPrefix::Parse(network))
        group.Fail("allow_query", Quoted(network) + " is no network such as 192.0.2.0/24");
    }
  }
}

void CheckListedBy(const std::string& name, const std::string& field, const Catalog& catalog,
                   const Reporter& report) {
  const v1::Zone* listed_by = Find(catalog.zones, CanonicalDomain(name));
  if (listed_by == nullptr || listed_by->catalog() != v1::CATALOG_ROLE_PRODUCE) {
    report.Fail(field, Quoted(name) + " is no zone with catalog: produce");
  }
}

void CheckMember(const v1::Zone& zone, const Catalog& catalog, const Reporter& report) {
  if (zone.catalog_group().size() > kMaxGroupOctets) {
    report.Fail("catalog_group", "is above 255 octets");
  }
  if (zone.member_of().empty()) {
    if (!zone.catalog_group().empty()) report.Fail("catalog_group", "needs member_of");
    if (!zone.moves_from().empty()) report.Fail("moves_from", "needs member_of");
    return;
  }
  CheckListedBy(zone.member_of(), "member_of", catalog, report);
  if (zone.catalog() == v1::CATALOG_ROLE_PRODUCE) {
    report.Fail("member_of", "a catalog is no member of another");
  }
  if (zone.moves_from().empty()) return;
  CheckListedBy(zone.moves_from(), "moves_from", catalog, report);
  if (CanonicalDomain(zone.moves_from()) == CanonicalDomain(zone.member_of())) {
    report.Fail("moves_from", "is the catalog that it moves to");
  }
}

void CheckCatalog(const v1::Zone& zone, const Catalog& catalog, const Reporter& report) {
  if (zone.catalog() == v1::CATALOG_ROLE_PRODUCE) CheckProduced(zone, report);
  if (zone.catalog() == v1::CATALOG_ROLE_CONSUME) CheckConsumed(zone, catalog, report);
  if (zone.catalog() != v1::CATALOG_ROLE_CONSUME && !zone.groups().empty()) {
    report.Fail("groups", "only a catalog that is consumed has groups");
  }
  CheckMember(zone, catalog, report);
  const bool concerns_catalogs =
      zone.catalog() != v1::CATALOG_ROLE_UNSPECIFIED || !zone.member_of().empty();
  if (concerns_catalogs && !zone.view().empty()) {
    report.Fail("view", "catalog zones and their members belong to no view");
  }
}

}  // namespace

void CheckTransfers(const v1::Zone& zone, const Catalog& catalog, const Reporter& report) {
  CheckPeers(zone, catalog, report);
  const auto origin = wire::Name::Parse(zone.origin());
  for (int i = 0; origin && i < zone.allow_update_size(); ++i) {
    CheckUpdateRule(zone.allow_update(i), *origin, catalog,
                    report.In(Nth("allow_update", static_cast<size_t>(i))));
  }
  if (zone.primaries().empty() && !zone.allow_notify().empty()) {
    report.Fail("allow_notify", "only a zone with primaries is notified");
  }
  CheckCatalog(zone, catalog, report);
}

namespace {

void CheckKey(const v1::Key& key, const Reporter& report) {
  const auto name = wire::Name::Parse(key.name());
  if (key.name().empty()) {
    report.Fail("name", "missing");
  } else if (!name || name->is_root()) {
    report.Fail("name", Quoted(key.name()) + " is no domain name below the root");
  }
  if (key.secret_file().empty()) {
    report.Fail("secret_file", "missing");
  } else if (key.secret_file()[0] != '/') {
    report.Fail("secret_file", Quoted(key.secret_file()) + " is no absolute path");
  }
}

}  // namespace

void CheckKeys(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, key] : catalog.keys) {
    CheckKey(*key, Reporter(&problems, "key " + Quoted(name)));
  }
}

}  // namespace waypost::config
