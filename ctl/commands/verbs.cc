#include "ctl/commands/verbs.h"

#include <CLI/CLI.hpp>

namespace waypost::ctl {

CLI::App& Verbs::AddAction(const std::string& name, const std::string& description, Action action) {
  CLI::App* verb = app_->add_subcommand(name, description);
  verb->group(heading_)->fallthrough();
  verb->callback([chosen = chosen_, action = std::move(action)] { *chosen = action; });
  return *verb;
}

Verbs Verbs::AddGroup(const std::string& name, const std::string& description) {
  CLI::App* group = app_->add_subcommand(name, description);
  group->group(heading_)->fallthrough()->require_subcommand(1);
  return {*group, *chosen_};
}

void AddAll(Verbs& verbs) {
  verbs.Under("Configuration");
  for (const auto add :
       {AddApply, AddPlan, AddDiff, AddGet, AddDescribe, AddDelete, AddHistory, AddRollback}) {
    add(verbs);
  }
  verbs.Under("Traffic");
  for (const auto add :
       {AddWeight, AddDrain, AddFailover, AddForce, AddAutomation, AddSignal, AddEndpoint})
    add(verbs);
  verbs.Under("Insight");
  for (const auto add : {AddStatus, AddExplain, AddHealth, AddDiagnose, AddWatch, AddLatency})
    add(verbs);
  verbs.Under("Without a server");
  for (const auto add : {AddZone, AddCompletion, AddNames, AddVersion}) add(verbs);
}

}  // namespace waypost::ctl
