// `apply`: makes the files' resources the current ones.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/change_report.h"
#include "ctl/commands/sources.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/changes.h"
#include "ctl/render/units.h"

namespace waypost::ctl {
namespace {

struct ApplyOptions {
  std::vector<std::string> files;
  bool prune = false;
  ChangeOptions change;
};

uint64_t CountDeletions(const v1::PlanReply& plan) {
  return static_cast<uint64_t>(std::count_if(
      plan.changes().begin(), plan.changes().end(),
      [](const v1::Change& change) { return change.action() == v1::Change::ACTION_DELETE; }));
}

/// Shows what pruning would delete and asks. What is agreed to is what will be done: the request
/// then expects the revision that the plan was made for.
Answer<void> ConfirmPrune(Session& session, v1::ApplyRequest& request) {
  v1::PlanRequest question;
  *question.mutable_change() = request;
  const Answer<v1::PlanReply> plan = session.client.Plan(question);
  if (!plan) return tl::unexpected(plan.error());
  const uint64_t deletions = CountDeletions(*plan);
  if (deletions == 0) return {};
  session.out << render::RenderChangeList(plan->changes(), session.style);
  if (!session.Confirm("Delete " + render::FormatCount(deletions, "resource") + "?", false)) {
    return tl::unexpected(Trouble{ExitCode::kRefused, "not confirmed, nothing was changed", {}});
  }
  request.mutable_intent()->set_expected_revision(plan->base_revision());
  return {};
}

ExitCode Apply(const ApplyOptions& options, Session& session) {
  v1::ApplyRequest request;
  if (const auto loaded = LoadSources(options.files, request); !loaded) {
    return session.Fail(loaded.error());
  }
  *request.mutable_intent() = options.change.IntentFor(session);
  request.set_prune(options.prune);
  if (options.prune && session.interactive && !options.change.yes) {
    if (const auto agreed = ConfirmPrune(session, request); !agreed) {
      return session.Fail(agreed.error());
    }
  }
  return ReportChange(session, session.client.Apply(request));
}

void Declare(CLI::App& verb, ApplyOptions& options) {
  AddFiles(verb, options.files)->required();
  verb.add_flag("--prune", options.prune,
                "Also delete everything that the files do not declare (overrides stay)");
  AddChangeOptions(verb, options.change);
  AddYes(verb, options.change);
}

}  // namespace

void AddApply(Verbs& verbs) {
  verbs.Add<ApplyOptions>("apply", "Make what files declare the current configuration", Declare,
                          Apply);
}

}  // namespace waypost::ctl
