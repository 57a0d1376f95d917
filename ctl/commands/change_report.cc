#include "ctl/commands/change_report.h"

#include <fmt/format.h>

#include "ctl/render/changes.h"
#include "ctl/render/units.h"

namespace waypost::ctl {
namespace {

std::string RevisionWords(const v1::ApplyReply& reply) {
  if (reply.changes().empty()) {
    return fmt::format("nothing to change, revision {} stays\n", reply.revision());
  }
  return fmt::format(
      "revision {}, {}\n", reply.revision(),
      reply.published() ? "answers by it now" : "committed; this server does not answer by it yet");
}

}  // namespace

Answer<void> CheckProblems(Session& session,
                           const google::protobuf::RepeatedPtrField<v1::Problem>& problems) {
  Trouble trouble;
  uint64_t errors = 0;
  for (const v1::Problem& problem : problems) {
    const std::string line = render::RenderProblem(problem) + "\n";
    if (problem.warning()) {
      session.err << line;
    } else {
      trouble.details += line;
      ++errors;
    }
  }
  if (errors == 0) return {};
  trouble.message = render::FormatCount(errors, "problem") + ", nothing was changed";
  return tl::unexpected(std::move(trouble));
}

ExitCode ReportChange(Session& session, const Answer<v1::ApplyReply>& reply) {
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) session.Print(*reply);
  if (const Answer<void> sound = CheckProblems(session, reply->problems()); !sound) {
    return session.Fail(sound.error());
  }
  if (session.tables()) {
    session.out << render::RenderChangeList(reply->changes(), session.style)
                << RevisionWords(*reply);
  }
  return ExitCode::kDone;
}

}  // namespace waypost::ctl
