#include "dnsd/serve/additional.h"

#include <algorithm>
#include <optional>

#include "dnsd/serve/sections.h"
#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

using wire::Section;
using zone::LoweredName;
using zone::NameView;

/// Of larger RRsets only the first records bring addresses: more are useful to nobody, and finding
/// doubles takes time that grows with the square.
constexpr unsigned kMaxTargets = 128;

// Types of hosts that the lookup algorithm need not know.
constexpr uint16_t kMb = 7;
constexpr uint16_t kAfsdb = 18;
constexpr uint16_t kRt = 21;
constexpr uint16_t kKx = 36;

bool IsBinding(uint16_t type) noexcept { return type == zone::kSvcb || type == zone::kHttps; }

/// Where the name of a host stands in RDATA; absent: the type names none that is worth an address.
std::optional<size_t> HostOffset(uint16_t type) noexcept {
  switch (type) {
    case zone::kNs:
    case kMb:
      return 0;
    case zone::kMx:
    case kAfsdb:
    case kRt:
    case kKx:
    case zone::kSvcb:
    case zone::kHttps:
      return 2;
    case zone::kSrv:
      return 6;
    default:
      return std::nullopt;
  }
}

/// Calls `visit` with the record's number, its RDATA and the lowered name in it.
template <typename Visit>
void ForEachHost(const zone::RrSet& rrset, size_t offset, unsigned limit, Visit visit) noexcept {
  const uint8_t* at = rrset.records;
  for (unsigned i = 0; i < std::min<unsigned>(rrset.count, limit); ++i) {
    const LoweredName host(zone::NameAt(at + 2 + offset));
    visit(i, at + 2, host.view());
    at += 2 + wire::ReadU16(at);
  }
}

/// Whether one of the first `limit` records names the host.
bool IsNamedBefore(const zone::RrSet& rrset, size_t offset, unsigned limit,
                   NameView host) noexcept {
  bool found = false;
  ForEachHost(rrset, offset, limit, [&](unsigned, const uint8_t*, NameView other) {
    found = found || std::ranges::equal(other, host);
  });
  return found;
}

bool IsInZone(const zone::Zone& zone, NameView host) noexcept {
  return zone::IsAtOrBelow(host, LoweredName(zone.apex().owner()).view());
}

/// What the zone answers for the host itself; null: nothing, or an alias.
const zone::Node* FindAnswered(const zone::Zone& zone, NameView host) noexcept {
  const zone::Found found = zone.Find(host);
  const bool is_answered =
      found.match == zone::Match::kExact || found.match == zone::Match::kWildcard;
  return is_answered ? found.node : nullptr;
}

/// As above, or behind a cut: only for name servers is what stands there of use.
const zone::Node* FindServer(const zone::Zone& zone, NameView host) noexcept {
  const zone::Found found = zone.Find(host);
  if (found.match == zone::Match::kDelegated) return zone.FindExact(host);
  return found.match == zone::Match::kDname ? nullptr : found.node;
}

/// True also if the node has no such RRset; false: it did not fit.
bool AddRrset(Exchange& x, NameView host, const zone::Node& node, uint16_t type) noexcept {
  const zone::RrSet* rrset = node.Find(type);
  if (rrset == nullptr) return true;
  // As the master file spells it, but for names that a wildcard stands for.
  const bool is_own = zone::EqualsLowered(node.owner(), host);
  return x.writer.Add(Section::kAdditional, is_own ? node.owner() : host, AsRecords(*rrset));
}

bool AddAddresses(Exchange& x, NameView host, const zone::Node& node) noexcept {
  const bool has_a = AddRrset(x, host, node, zone::kA);
  return AddRrset(x, host, node, zone::kAaaa) && has_a;
}

void AddServer(Exchange& x, const zone::Zone& zone, NameView host) noexcept {
  const zone::Node* node = IsInZone(zone, host) ? FindServer(zone, host) : nullptr;
  if (node != nullptr) AddAddresses(x, host, *node);
}

void AddHost(Exchange& x, const zone::Zone& zone, NameView host) noexcept {
  const zone::Node* node = IsInZone(zone, host) ? FindAnswered(zone, host) : nullptr;
  if (node != nullptr) AddAddresses(x, host, *node);
}

/// "." is the owner itself in ServiceMode and nothing in AliasMode (RFC 9460 section 2.5). An alias
/// brings the records of its type from where it leads.
void AddBinding(Exchange& x, const zone::Zone& zone, NameView owner, const zone::RrSet& rrset,
                const uint8_t* rdata, NameView target) noexcept {
  const bool is_alias = wire::ReadU16(rdata) == 0;
  if (target.size() == 1) {
    if (!is_alias) AddHost(x, zone, owner);
    return;
  }
  const zone::Node* node = IsInZone(zone, target) ? FindAnswered(zone, target) : nullptr;
  if (node == nullptr) return;
  if (is_alias) AddRrset(x, target, *node, rrset.type);
  AddAddresses(x, target, *node);
}

}  // namespace

void AddTargets(Exchange& x, const zone::Zone& zone, NameView owner,
                const zone::RrSet& rrset) noexcept {
  const auto offset = HostOffset(rrset.type);
  if (!offset) return;
  ForEachHost(rrset, *offset, kMaxTargets, [&](unsigned i, const uint8_t* rdata, NameView host) {
    if (IsNamedBefore(rrset, *offset, i, host)) return;
    if (IsBinding(rrset.type)) return AddBinding(x, zone, owner, rrset, rdata, host);
    if (rrset.type == zone::kNs) return AddServer(x, zone, host);
    AddHost(x, zone, host);
  });
}

void AddGlue(Exchange& x, const zone::Zone& zone, NameView cut,
             const zone::RrSet& servers) noexcept {
  // Required glue first, so that optional glue never takes its room.
  bool has_others = false;
  ForEachHost(servers, 0, servers.count, [&](unsigned, const uint8_t*, NameView host) {
    if (!zone::IsAtOrBelow(host, cut)) return static_cast<void>(has_others = true);
    const zone::Node* node = zone.FindExact(host);
    if (node != nullptr && !AddAddresses(x, host, *node)) x.writer.SetTruncated();
  });
  if (!has_others) return;
  ForEachHost(servers, 0, servers.count, [&](unsigned, const uint8_t*, NameView host) {
    if (!zone::IsAtOrBelow(host, cut)) AddServer(x, zone, host);
  });
}

}  // namespace waypost::serve
