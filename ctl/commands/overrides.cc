#include "ctl/commands/overrides.h"

#include <CLI/CLI.hpp>

#include "ctl/commands/change_report.h"
#include "ctl/commands/kinds.h"
#include "ctl/render/units.h"

namespace waypost::ctl {

void AddTarget(CLI::App& verb, OverrideOptions& options) {
  verb.add_option("target", options.target,
                  "region/NAME, pool/NAME or endpoint/POOL/ADDRESS; or the kind and the name apart")
      ->type_name("TARGET")
      ->expected(1, 3)
      ->required();
}

ExitCode SetOverride(const OverrideOptions& options, v1::Override override, Session& session) {
  const Answer<std::string> target = ParseTarget(options.target, options.kinds);
  if (!target) return session.Fail(target.error());
  v1::SetOverrideRequest request;
  *request.mutable_intent() = options.change.IntentFor(session);
  override.set_target(*target);
  override.set_reason(options.change.reason);
  if (options.length) {
    *override.mutable_until() = render::ToTimestamp(session.clock.WallNow() + *options.length);
  }
  *request.mutable_override() = std::move(override);
  return ReportChange(session, session.client.SetOverride(request));
}

ExitCode ClearOverride(const OverrideOptions& options, Session& session) {
  const Answer<std::string> target = ParseTarget(options.target, options.kinds);
  if (!target) return session.Fail(target.error());
  v1::ClearOverrideRequest request;
  *request.mutable_intent() = options.change.IntentFor(session);
  request.set_target(*target);
  return ReportChange(session, session.client.ClearOverride(request));
}

}  // namespace waypost::ctl
