// What drain, force and failover share: an operator's decision about one target.
//
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "ctl/commands/arguments.h"
#include "ctl/commands/session.h"

namespace waypost::ctl {

struct OverrideOptions {
  std::vector<std::string> target;  // KIND/NAME, or KIND and NAME
  std::vector<std::string> kinds = {"region", "pool", "endpoint"};
  std::optional<std::chrono::milliseconds> length;
  ChangeOptions change;
};

/// The target's words; for regions, pools and endpoints.
void AddTarget(CLI::App& verb, OverrideOptions& options);

/// Sets `override` for the target; `options` gives its end and its reason.
ExitCode SetOverride(const OverrideOptions& options, v1::Override override, Session& session);
/// Leaves the target to the automation again.
ExitCode ClearOverride(const OverrideOptions& options, Session& session);

}  // namespace waypost::ctl
