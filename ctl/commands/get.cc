// `get`: declared resources, as tables or as files that `apply` reads.
#include <CLI/CLI.hpp>

#include "ctl/commands/kinds.h"
#include "ctl/commands/resources.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/resource_table.h"

namespace waypost::ctl {
namespace {

struct GetOptions {
  std::string kind;
  std::string name;
  uint64_t revision = 0;
};

ExitCode Get(const GetOptions& options, Session& session) {
  const auto found = FindResources(session.client, options.kind, options.name, options.revision);
  if (!found) return session.Fail(found.error());
  if (!session.tables()) {
    session.out << render::RenderDocuments(*found, session.format);
  } else if (found->empty()) {
    session.out << "Nothing is declared.\n";
  } else {
    session.out << render::RenderResources(*found, session.style);
  }
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, GetOptions& options) {
  verb.add_option("kind", options.kind, "Only this kind, or KIND/NAME")->type_name("KIND");
  verb.add_option("name", options.name, "Only this one")->type_name("NAME");
  verb.add_option("--revision", options.revision, "As of a past revision")->type_name("REVISION");
}

}  // namespace

void AddGet(Verbs& verbs) {
  verbs.Add<GetOptions>("get", "List what is declared; -o yaml gives files that apply reads",
                        Declare, Get);
}

}  // namespace waypost::ctl
