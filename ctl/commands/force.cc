// `force`: an operator's word against that of the probes.
#include <CLI/CLI.hpp>

#include "ctl/commands/overrides.h"
#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

struct ForceOptions {
  std::string state;
  OverrideOptions override;
};

ExitCode Force(const ForceOptions& options, Session& session) {
  if (options.state == "auto") return ClearOverride(options.override, session);
  v1::Override force;
  force.set_force(options.state == "up" ? v1::FORCED_STATE_UP : v1::FORCED_STATE_DOWN);
  return SetOverride(options.override, std::move(force), session);
}

void Declare(CLI::App& verb, ForceOptions& options) {
  AddChoice(verb, "state", options.state, {"up", "down", "auto"},
            "auto: what the probes say holds again")
      ->required();
  AddTarget(verb, options.override);
  AddFor(verb, options.override.length);
  AddChangeOptions(verb, options.override.change);
}

}  // namespace

void AddForce(Verbs& verbs) {
  verbs.Add<ForceOptions>("force", "Hold a region, pool or endpoint up or down whatever probes say",
                          Declare, Force);
}

}  // namespace waypost::ctl
