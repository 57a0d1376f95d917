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

}  // namespace

void CheckTransfers(const v1::Zone& zone, const Catalog& catalog, const Reporter& report) {
  for (int i = 0; i < zone.allow_transfer_size(); ++i) {
    CheckRule(zone.allow_transfer(i), catalog,
              report.In(Nth("allow_transfer", static_cast<size_t>(i))));
  }
  const auto origin = wire::Name::Parse(zone.origin());
  for (int i = 0; origin && i < zone.allow_update_size(); ++i) {
    CheckUpdateRule(zone.allow_update(i), *origin, catalog,
                    report.In(Nth("allow_update", static_cast<size_t>(i))));
  }
  for (int i = 0; i < zone.primaries_size(); ++i) {
    CheckPeer(zone.primaries(i), catalog, report.In(Nth("primaries", static_cast<size_t>(i))));
  }
  for (int i = 0; i < zone.allow_notify_size(); ++i) {
    CheckRule(zone.allow_notify(i), catalog,
              report.In(Nth("allow_notify", static_cast<size_t>(i))));
  }
  if (zone.primaries().empty() && !zone.allow_notify().empty()) {
    report.Fail("allow_notify", "only a zone with primaries is notified");
  }
  for (int i = 0; i < zone.notify_size(); ++i) {
    CheckPeer(zone.notify(i), catalog, report.In(Nth("notify", static_cast<size_t>(i))));
  }
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
