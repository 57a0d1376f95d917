// `drain` and `undrain`: no new traffic for a region, a pool or an endpoint.
#include <CLI/CLI.hpp>

#include "ctl/commands/overrides.h"
#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

ExitCode Drain(const OverrideOptions& options, Session& session) {
  v1::Override drain;
  drain.set_drain(true);
  return SetOverride(options, std::move(drain), session);
}

void DeclareDrain(CLI::App& verb, OverrideOptions& options) {
  AddTarget(verb, options);
  AddFor(verb, options.length);
  AddChangeOptions(verb, options.change);
}

void DeclareUndrain(CLI::App& verb, OverrideOptions& options) {
  AddTarget(verb, options);
  AddChangeOptions(verb, options.change);
}

}  // namespace

void AddDrain(Verbs& verbs) {
  verbs.Add<OverrideOptions>("drain", "Send no new traffic to a region, pool or endpoint",
                             DeclareDrain, Drain);
  verbs.Add<OverrideOptions>("undrain", "End a drain", DeclareUndrain, ClearOverride);
}

}  // namespace waypost::ctl
