// Resource files as the API takes them: each resource with the place where it was written.
//
// Thread safety: pure but for reading files. Errors: kRefused with every problem, a line each.
#pragma once

#include <string>
#include <vector>

#include "ctl/commands/exit_code.h"
#include "waypost/v1/control.pb.h"

namespace waypost::ctl {

/// Puts all resources of `paths` into `request.resources`; at least one.
Answer<void> LoadSources(const std::vector<std::string>& paths, v1::ApplyRequest& request);

}  // namespace waypost::ctl
