// `status`: what is going on.
#include "ctl/render/status.h"

#include <CLI/CLI.hpp>

#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

struct StatusOptions {
  bool brief = false;
};

ExitCode Status(const StatusOptions& options, Session& session) {
  const Answer<v1::StatusReply> status = session.client.Status();
  if (!status) return session.Fail(status.error());
  if (!session.tables()) {
    session.Print(*status);
  } else if (options.brief) {
    session.out << render::RenderShortStatus(*status, session.clock.WallNow(), session.style);
  } else {
    session.out << render::RenderStatus(*status, session.clock.WallNow(), session.style);
  }
  return ExitCode::kDone;
}

}  // namespace

void AddStatus(Verbs& verbs) {
  verbs.Add<StatusOptions>(
      "status", "Show regions, pools, endpoints, vantages, overrides and warnings",
      [](CLI::App& verb, StatusOptions& options) {
        verb.add_flag("--short", options.brief, "Counts, and only what is not as it should be");
      },
      Status);
}

}  // namespace waypost::ctl
