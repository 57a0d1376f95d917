// Asking the director for declared resources.
//
// Thread safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "ctl/commands/client.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::ctl {

/// `kind`: a kind in any form that ParseKind reads, KIND/NAME, or empty for all; `name` empty for
/// all of the kind. `revision` 0: the current one. Errors: kNotFound when a name is given that is
/// not declared; kUsage.
Answer<std::vector<v1::Resource>> FindResources(Client& client, const std::string& kind,
                                                const std::string& name, uint64_t revision);

}  // namespace waypost::ctl
