// `rollback`: commits a past revision anew.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/change_report.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/changes.h"

namespace waypost::ctl {
namespace {

struct RollbackOptions {
  uint64_t revision = 0;
  ChangeOptions change;
};

Answer<uint64_t> FindCurrent(Client& client) {
  v1::HistoryRequest request;
  request.set_limit(1);
  const Answer<v1::HistoryReply> history = client.History(request);
  if (!history) return tl::unexpected(history.error());
  return history->revisions().empty() ? 0 : history->revisions(0).number();
}

/// Shows what would become different, and asks. What is agreed to is what will be done: the request
/// then expects the revision that was compared with.
Answer<void> ConfirmRollback(Session& session, v1::RollbackRequest& request) {
  const Answer<uint64_t> current = FindCurrent(session.client);
  if (!current) return tl::unexpected(current.error());
  v1::DiffRequest question;
  question.set_from(*current);
  question.set_to(request.revision());
  const Answer<v1::DiffReply> diff = session.client.Diff(question);
  if (!diff) return tl::unexpected(diff.error());
  session.out << render::RenderChangesInFull(diff->changes(), session.style);
  if (!session.Confirm("Roll back to revision " + std::to_string(request.revision()) + "?",
                       false)) {
    return tl::unexpected(Trouble{ExitCode::kRefused, "not confirmed, nothing was changed", {}});
  }
  request.mutable_intent()->set_expected_revision(*current);
  return {};
}

ExitCode Rollback(const RollbackOptions& options, Session& session) {
  v1::RollbackRequest request;
  *request.mutable_intent() = options.change.IntentFor(session);
  request.set_revision(options.revision);
  if (session.interactive && !options.change.yes) {
    if (const auto agreed = ConfirmRollback(session, request); !agreed) {
      return session.Fail(agreed.error());
    }
  }
  return ReportChange(session, session.client.Rollback(request));
}

void Declare(CLI::App& verb, RollbackOptions& options) {
  verb.add_option("revision", options.revision, "Whose content to commit anew (see history)")
      ->type_name("REVISION")
      ->required();
  AddChangeOptions(verb, options.change);
  AddYes(verb, options.change);
}

}  // namespace

void AddRollback(Verbs& verbs) {
  verbs.Add<RollbackOptions>("rollback", "Commit a past revision anew", Declare, Rollback);
}

}  // namespace waypost::ctl
