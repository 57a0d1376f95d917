// `diff`: between two revisions, or between files and the current one.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/change_report.h"
#include "ctl/commands/sources.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/changes.h"

namespace waypost::ctl {
namespace {

struct DiffOptions {
  std::optional<uint64_t> from;
  uint64_t to = 0;
  std::vector<std::string> files;
  bool detailed_exitcode = false;
};

/// The revision before the newest one.
Answer<uint64_t> FindPrevious(Client& client) {
  v1::HistoryRequest request;
  request.set_limit(2);
  const Answer<v1::HistoryReply> history = client.History(request);
  if (!history) return tl::unexpected(history.error());
  if (history->revisions_size() < 2) {
    return tl::unexpected(
        Trouble{ExitCode::kNotFound, "there is no earlier revision to compare with", {}});
  }
  return history->revisions(1).number();
}

Answer<v1::DiffReply> DiffRevisions(const DiffOptions& options, Client& client) {
  v1::DiffRequest request;
  if (options.from) {
    request.set_from(*options.from);
  } else {
    const Answer<uint64_t> previous = FindPrevious(client);
    if (!previous) return tl::unexpected(previous.error());
    request.set_from(*previous);
  }
  request.set_to(options.to);
  return client.Diff(request);
}

Answer<v1::DiffReply> DiffFiles(const DiffOptions& options, Session& session) {
  v1::PlanRequest request;
  if (const auto loaded = LoadSources(options.files, *request.mutable_change()); !loaded) {
    return tl::unexpected(loaded.error());
  }
  const Answer<v1::PlanReply> plan = session.client.Plan(request);
  if (!plan) return tl::unexpected(plan.error());
  if (const Answer<void> sound = CheckProblems(session, plan->problems()); !sound) {
    return tl::unexpected(sound.error());
  }
  v1::DiffReply diff;
  *diff.mutable_changes() = plan->changes();
  return diff;
}

ExitCode Diff(const DiffOptions& options, Session& session) {
  const Answer<v1::DiffReply> diff =
      options.files.empty() ? DiffRevisions(options, session.client) : DiffFiles(options, session);
  if (!diff) return session.Fail(diff.error());
  if (!session.tables()) {
    session.Print(*diff);
  } else if (diff->changes().empty()) {
    session.out << "No difference.\n";
  } else {
    session.out << render::RenderChangesInFull(diff->changes(), session.style);
  }
  const bool tells = options.detailed_exitcode && !diff->changes().empty();
  return tells ? ExitCode::kChanges : ExitCode::kDone;
}

void Declare(CLI::App& verb, DiffOptions& options) {
  CLI::Option* from =
      verb.add_option("from", options.from, "Older revision [the one before the current]")
          ->type_name("REVISION");
  verb.add_option("to", options.to, "Newer revision [the current one]")->type_name("REVISION");
  AddFiles(verb, options.files)->excludes(from);
  verb.add_flag("--detailed-exitcode", options.detailed_exitcode, "Exit 7 if there are changes");
}

}  // namespace

void AddDiff(Verbs& verbs) {
  verbs.Add<DiffOptions>("diff", "Compare two revisions, or files with the current one", Declare,
                         Diff);
}

}  // namespace waypost::ctl
