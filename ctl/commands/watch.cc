// `watch`: events as they come.
#include <CLI/CLI.hpp>

#include "ctl/commands/verbs.h"
#include "ctl/render/history.h"

namespace waypost::ctl {
namespace {

std::string RenderOne(const v1::Event& event, const Session& session) {
  switch (session.format) {
    case render::Format::kJson:
      return render::RenderJsonLine(event);
    case render::Format::kYaml:
      return "---\n" + render::RenderMessage(event, session.format);
    case render::Format::kTable:
      break;
  }
  return render::RenderEvent(event, session.style);
}

ExitCode Watch(Session& session) {
  const Answer<void> ended = session.client.Watch(
      [&](const v1::Event& event) { session.out << RenderOne(event, session) << std::flush; });
  return ended ? ExitCode::kDone : session.Fail(ended.error());
}

}  // namespace

void AddWatch(Verbs& verbs) {
  verbs.AddAction("watch", "Print verdicts, revisions and other events as they come", Watch);
}

}  // namespace waypost::ctl
