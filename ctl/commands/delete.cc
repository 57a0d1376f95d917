// `delete`: takes resources out of the configuration.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/change_report.h"
#include "ctl/commands/kinds.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/units.h"
#include "ctl/render/words.h"

namespace waypost::ctl {
namespace {

struct DeleteOptions {
  std::vector<std::string> ids;
  ChangeOptions change;
};

ExitCode Delete(const DeleteOptions& options, Session& session) {
  v1::ApplyRequest request;
  for (const std::string& word : options.ids) {
    const Answer<std::string> id = ParseId(word);
    if (!id) return session.Fail(id.error());
    request.add_delete_(*id);
  }
  *request.mutable_intent() = options.change.IntentFor(session);
  if (!session.Confirm("Delete " + render::Join(request.delete_()) + "?", options.change.yes)) {
    return session.Fail(ExitCode::kRefused, "not confirmed, nothing was changed");
  }
  return ReportChange(session, session.client.Apply(request));
}

void Declare(CLI::App& verb, DeleteOptions& options) {
  verb.add_option("resource", options.ids, "What to delete, such as pool/web")
      ->type_name("KIND/NAME")
      ->required();
  AddChangeOptions(verb, options.change);
  AddYes(verb, options.change);
}

}  // namespace

void AddDelete(Verbs& verbs) {
  verbs.Add<DeleteOptions>("delete", "Delete resources", Declare, Delete);
}

}  // namespace waypost::ctl
