// `weight set`: the share of a pool, or of an endpoint within its pool.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/change_report.h"
#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

struct WeightOptions {
  std::string target;
  uint32_t weight = 0;
  ChangeOptions change;
};

ExitCode SetWeight(const WeightOptions& options, Session& session) {
  v1::SetWeightRequest request;
  *request.mutable_intent() = options.change.IntentFor(session);
  const size_t slash = options.target.find('/');
  request.set_pool(options.target.substr(0, slash));
  if (slash != std::string::npos) request.set_endpoint(options.target.substr(slash + 1));
  request.set_weight(options.weight);
  return ReportChange(session, session.client.SetWeight(request));
}

void Declare(CLI::App& verb, WeightOptions& options) {
  verb.add_option("target", options.target, "A pool, or POOL/ADDRESS for one endpoint of it")
      ->type_name("POOL[/ENDPOINT]")
      ->required();
  AddNumber(verb, "weight", options.weight, 0, 65535,
            "0 to 65535; 0: only when nothing else is left")
      ->required();
  AddChangeOptions(verb, options.change);
}

}  // namespace

void AddWeight(Verbs& verbs) {
  Verbs group = verbs.AddGroup("weight", "Shift traffic by weight");
  group.Add<WeightOptions>("set", "Set the weight of a pool or an endpoint", Declare, SetWeight);
}

}  // namespace waypost::ctl
