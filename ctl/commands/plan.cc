// `plan`: what `apply` would do, and whose answers would change.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/change_report.h"
#include "ctl/commands/sources.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/changes.h"
#include "ctl/render/impact.h"

namespace waypost::ctl {
namespace {

struct PlanOptions {
  std::vector<std::string> files;
  bool prune = false;
  bool detailed_exitcode = false;
};

void PrintPlan(Session& session, const v1::PlanReply& plan) {
  session.out << render::RenderChangesInFull(plan.changes(), session.style)
              << (plan.changes().empty() ? "" : "\n") << "Against revision " << plan.base_revision()
              << ": " << render::CountChanges(plan.changes()) << ".\n";
  if (!plan.changes().empty()) {
    session.out << render::RenderImpacts(plan.impacts(), session.style);
  }
}

ExitCode Plan(const PlanOptions& options, Session& session) {
  v1::PlanRequest request;
  if (const auto loaded = LoadSources(options.files, *request.mutable_change()); !loaded) {
    return session.Fail(loaded.error());
  }
  request.mutable_change()->set_prune(options.prune);
  const Answer<v1::PlanReply> plan = session.client.Plan(request);
  if (!plan) return session.Fail(plan.error());
  if (!session.tables()) session.Print(*plan);
  if (const Answer<void> sound = CheckProblems(session, plan->problems()); !sound) {
    return session.Fail(sound.error());
  }
  if (session.tables()) PrintPlan(session, *plan);
  const bool tells = options.detailed_exitcode && !plan->changes().empty();
  return tells ? ExitCode::kChanges : ExitCode::kDone;
}

void Declare(CLI::App& verb, PlanOptions& options) {
  AddFiles(verb, options.files)->required();
  verb.add_flag("--prune", options.prune, "Plan for `apply --prune`");
  verb.add_flag("--detailed-exitcode", options.detailed_exitcode, "Exit 7 if there are changes");
}

}  // namespace

void AddPlan(Verbs& verbs) {
  verbs.Add<PlanOptions>("plan", "Show what apply would change, and whose answers would move",
                         Declare, Plan);
}

}  // namespace waypost::ctl
