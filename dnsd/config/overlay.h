// Rrset resources laid over a zone's master file.
//
// Thread safety: pure. Errors: as problems of the resource at fault.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/base/shared_map.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/records.h"
#include "dnsd/zone/rrset_value.h"

namespace waypost::config {

/// Those of one zone, by id.
using Overlay = std::vector<std::shared_ptr<const v1::Resource>>;

/// `overlay` without those with one of these ids, and with `more`.
Overlay Merge(Overlay overlay, const std::set<std::string, std::less<>>& gone, const Overlay& more);

/// Resources that did not change are shared between revisions, or at least equal.
bool IsSameOverlay(const Overlay& a, const Overlay& b);

/// RDATA of a SOA that says nothing but a serial; LayOver leaves the other fields to the master
/// file.
std::string SerialOnly(uint32_t serial);
/// Whether the Rrset says all of this SOA, and not only its serial.
bool SaysSoa(const v1::Rrset& rrset, std::span<const uint8_t> soa);

/// Owner and type of an RRset, as one string.
std::string RrsetKey(zone::NameView lowered_owner, uint16_t type);

/// What the master file says where an Rrset stands instead. By RrsetKey.
using Replaced = SharedMap<zone::RrsetValue>;

struct Overlaid {
  zone::Records records;
  Replaced replaced;
};

/// What concerns an Rrset alone: its name, type and TTL. Its records are read by LayOver.
void CheckRrset(const v1::Rrset& rrset, Problems& problems);

/// A copy of what was transferred, without the RRsets in whose place a policy answers: a team that
/// keeps its zone elsewhere need not take them out there. Addresses and aliases of an owner go
/// together, since they exclude each other.
zone::Records WithoutSteered(const zone::Records& content,
                             const std::vector<zone::SteeredOwner>& owners);

Overlaid LayOver(zone::Records base, const Overlay& overlay, Problems& problems);

/// The RRset that the zone has where this Rrset lies over it, and over `in_file` if that is not
/// null; nullopt: none, for want of a SOA. Precondition: CheckRrset finds nothing.
std::optional<zone::RrsetValue> LayOne(const v1::Rrset& rrset, const zone::RrsetValue* in_file,
                                       Problems& problems);

}  // namespace waypost::config
