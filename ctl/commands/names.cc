// `names`: what shell completion asks for; not shown in --help, silent on errors.
#include <CLI/CLI.hpp>

#include "ctl/commands/kinds.h"
#include "ctl/commands/resources.h"
#include "ctl/commands/verbs.h"
#include "dnsd/config/resource_set.h"

namespace waypost::ctl {
namespace {

struct NamesOptions {
  std::string of;
};

using Names = std::vector<std::string>;

void AppendEndpoints(const v1::Pool& pool, const std::string& prefix, Names& names) {
  for (const v1::Endpoint& endpoint : pool.endpoints()) {
    names.push_back(prefix + pool.name() + "/" +
                    (endpoint.cname().empty() ? endpoint.address() : endpoint.cname()));
  }
}

/// `of`: a kind; `endpoint`; `share` (pools and endpoints); `target` (of overrides); `id`.
void AppendNames(const std::string& of, const v1::Resource& resource, Names& names) {
  const std::string kind = config::KindOf(resource);
  if (of == "share" && kind == "pool") names.push_back(resource.pool().name());
  if ((of == "share" || of == "endpoint") && kind == "pool") {
    AppendEndpoints(resource.pool(), "", names);
  }
  if (of == "id" || (of == "target" && (kind == "region" || kind == "pool"))) {
    names.push_back(config::IdOf(resource));
  }
  if (of == "target" && kind == "pool") AppendEndpoints(resource.pool(), "endpoint/", names);
  if (of == kind) names.push_back(config::NameOf(resource));
}

/// What to list for `of`; all kinds where more than one is needed.
std::string KindFor(const std::string& of) {
  if (of == "share" || of == "endpoint") return "pool";
  return of == "id" || of == "target" ? "" : of;
}

ExitCode ListNames(const NamesOptions& options, Session& session) {
  const Answer<std::string> parsed = ParseKind(options.of);
  const std::string of = parsed.value_or(options.of);
  const auto resources = FindResources(session.client, KindFor(of), "", 0);
  if (!resources) return resources.error().code;
  Names names;
  for (const v1::Resource& resource : *resources) AppendNames(of, resource, names);
  for (const std::string& name : names) session.out << render::Clean(name) << "\n";
  return ExitCode::kDone;
}

}  // namespace

void AddNames(Verbs& verbs) {
  verbs
      .Add<NamesOptions>(
          "names", "List names for shell completion",
          [](CLI::App& verb, NamesOptions& options) {
            verb.add_option("of", options.of)->required();
          },
          ListNames)
      .group("");
}

}  // namespace waypost::ctl
