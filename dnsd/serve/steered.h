// Answers that a policy decides: who the client is, what was decided, and the records that say so.
//
// Thread safety: one thread. Nothing allocates.
#pragma once

#include "dnsd/serve/exchange.h"
#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::serve {

/// What a query for a type that the record has wants of it.
steer::Want WantOf(uint16_t qtype, const steer::Record& record) noexcept;

/// Records of `owner` of the type asked for, which the node steers and which is not CNAME, in the
/// answer section; or a negative answer if there is nothing to send to.
void AddSteered(Exchange& x, const ServedZone& served, zone::NameView owner,
                const zone::Node& node) noexcept;

/// False: the node is a wildcard for names of endpoints, and this is none of them.
bool IsThere(const Exchange& x, const ServedZone& served, zone::NameView name,
             const zone::Node& node) noexcept;

/// A CNAME record of `owner`; returns where it leads, in the case of the configuration. Empty: a
/// negative answer was added, or the record did not fit.
zone::NameView AddSteeredAlias(Exchange& x, const ServedZone& served, zone::NameView owner,
                               const zone::Node& node) noexcept;

}  // namespace waypost::serve
