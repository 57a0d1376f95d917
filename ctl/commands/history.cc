// `history`: who changed what, and why.
#include "ctl/render/history.h"

#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

struct HistoryOptions {
  uint32_t limit = 20;
  uint64_t before = 0;
};

ExitCode History(const HistoryOptions& options, Session& session) {
  v1::HistoryRequest request;
  request.set_limit(options.limit);
  request.set_before(options.before);
  const Answer<v1::HistoryReply> history = session.client.History(request);
  if (!history) return session.Fail(history.error());
  if (!session.tables()) {
    session.Print(*history);
  } else {
    session.out << render::RenderHistory(*history, session.clock.WallNow(), session.style);
  }
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, HistoryOptions& options) {
  AddNumber(verb, "--limit", options.limit, 1, 1'000'000, "At most so many [20]");
  verb.add_option("--before", options.before, "Only revisions below this one")
      ->type_name("REVISION");
}

}  // namespace

void AddHistory(Verbs& verbs) {
  verbs.Add<HistoryOptions>("history", "Show who changed what, newest first", Declare, History);
}

}  // namespace waypost::ctl
