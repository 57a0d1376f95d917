// The additional section: addresses of the hosts that the other sections name, so that the asker
// need not ask again (RFC 1034 section 4.3.2 step 6).
//
// Thread safety: one thread. Errors: glue that a referral needs and that does not fit sets TC; all
// else is left out. Nothing allocates.
#pragma once

#include "dnsd/serve/exchange.h"
#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::serve {

/// For an RRset of the answer: what the zone has of the hosts that NS, MX, SRV and the like name,
/// and of the targets of SVCB and HTTPS (RFC 9460 section 4.1).
void AddTargets(Exchange& x, const zone::Zone& zone, zone::NameView owner,
                const zone::RrSet& rrset) noexcept;

/// For the referral to `cut` (lowered): addresses of its servers. Those below the cut are required
/// (RFC 9471 section 3.1), those of sibling cuts are not (section 3.2).
void AddGlue(Exchange& x, const zone::Zone& zone, zone::NameView cut,
             const zone::RrSet& servers) noexcept;

}  // namespace waypost::serve
