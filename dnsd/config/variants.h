// Zones of no view as the clients of a view see them where that view has Records or Rrsets in them:
// a variant stands in Built::zones as ORIGIN@VIEW, like a view's own zone, but is no resource.
//
// A variant shares what it can. Where the view only has other Records at names that are steered
// anyway, it is the very same zone, with other Records behind its slots. Else it has nodes and an
// index of its own, and all owners and RDATA that are not the view's lie in the zone of no view.
//
// Thread safety: pure. Errors: problems of the zone of no view, which name the view; then there is
// no variant.
#pragma once

#include <string>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/config/build.h"
#include "dnsd/config/catalog.h"

namespace waypost::config {

/// Makes `built.views` and all variants anew; those of `previous` are taken over where nothing of
/// them changed. `built` has everything else, and may have the views of `previous`.
void AddViews(const Catalog& catalog, const Built& previous, Built& built, Problems& problems);

}  // namespace waypost::config
