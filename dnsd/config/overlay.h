// Rrset resources laid over a zone's master file.
//
// Thread safety: pure. Errors: as problems of the resource at fault.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/records.h"

namespace waypost::config {

/// Those of one zone, by name.
using Overlay = std::vector<std::shared_ptr<const v1::Resource>>;

/// Resources that did not change are shared between revisions, or at least equal.
bool IsSameOverlay(const Overlay& a, const Overlay& b);

/// RDATA of a SOA that says nothing but a serial; LayOver leaves the other fields to the master
/// file.
std::string SerialOnly(uint32_t serial);
/// Whether the Rrset says all of this SOA, and not only its serial.
bool SaysSoa(const v1::Rrset& rrset, std::span<const uint8_t> soa);

/// Lowered owner in wire format, and type.
using RrsetKey = std::pair<std::string, uint16_t>;

struct Overlaid {
  zone::Records records;
  std::set<RrsetKey> replaced;  // those that the master file has as well
};

/// What concerns an Rrset alone: its name, type and TTL. Its records are read by LayOver.
void CheckRrset(const v1::Rrset& rrset, Problems& problems);

/// A copy of what was transferred, without the RRsets in whose place a policy answers: a team that
/// keeps its zone elsewhere need not take them out there. Addresses and aliases of an owner go
/// together, since they exclude each other.
zone::Records WithoutSteered(const zone::Records& content,
                             const std::vector<zone::SteeredOwner>& owners);

Overlaid LayOver(zone::Records base, const Overlay& overlay, Problems& problems);

}  // namespace waypost::config
