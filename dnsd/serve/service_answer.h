// The answers of a service: SRV, SVCB and HTTPS records that say where a decision sends clients,
// and the addresses of the targets that they name.
//
// Thread safety: one thread. Errors: hints and addresses that do not fit are left out; records that
// do not fit set TC. Nothing allocates.
#pragma once

#include "dnsd/serve/exchange.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::serve {

/// `decision`: of at least one endpoint, for a service; the type is the one asked for.
void AddServiceAnswer(Exchange& x, zone::NameView owner, const steer::Record& record,
                      const steer::Decision& decision) noexcept;

/// The endpoint that a name below a pool's target spells (steer/service_rdata.h); null: there is
/// none. `record` has the role kEndpoints, `name` is lowered and below the record's.
const steer::Endpoint* FindSpelled(const steer::Topology& topology, const steer::Record& record,
                                   zone::NameView name) noexcept;

}  // namespace waypost::serve
