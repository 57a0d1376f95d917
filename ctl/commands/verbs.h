// The verbs, each in a file of its name. A verb declares its arguments to the command line and
// leaves behind the action to run.
//
// How to add one: write ctl/commands/NAME.cc with `AddName`, declare it here, call it in AddAll.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "ctl/commands/session.h"

namespace CLI {
class App;
}

namespace waypost::ctl {

/// A verb with its arguments bound.
using Action = std::function<ExitCode(Session&)>;

/// The place on the command line where verbs are declared, and the one that was chosen.
class Verbs {
 public:
  /// `chosen` is set while the command line is parsed.
  Verbs(CLI::App& app, Action& chosen) : app_(&app), chosen_(&chosen) {}

  CLI::App& app() const { return *app_; }
  /// Under which heading of --help the verbs that follow stand.
  Verbs& Under(std::string heading) {
    heading_ = std::move(heading);
    return *this;
  }
  /// A verb whose action is `run(options, session)`; `declare(app, options)` adds its arguments.
  template <typename Options>
  CLI::App& Add(const std::string& name, const std::string& description,
                void (*declare)(CLI::App&, Options&), ExitCode (*run)(const Options&, Session&)) {
    auto options = std::make_shared<Options>();
    CLI::App& verb =
        AddAction(name, description, [options, run](Session& s) { return run(*options, s); });
    declare(verb, *options);
    return verb;
  }
  CLI::App& AddAction(const std::string& name, const std::string& description, Action action);
  /// A word that only leads to verbs, such as `zone` to `zone check`.
  Verbs AddGroup(const std::string& name, const std::string& description);

 private:
  CLI::App* app_;
  Action* chosen_;
  std::string heading_ = "Verbs";
};

void AddApply(Verbs& verbs);
void AddPlan(Verbs& verbs);
void AddDiff(Verbs& verbs);
void AddGet(Verbs& verbs);
void AddDescribe(Verbs& verbs);
void AddDelete(Verbs& verbs);
void AddHistory(Verbs& verbs);
void AddRollback(Verbs& verbs);

void AddWeight(Verbs& verbs);
void AddDrain(Verbs& verbs);
void AddFailover(Verbs& verbs);
void AddForce(Verbs& verbs);
void AddEndpoint(Verbs& verbs);
void AddAutomation(Verbs& verbs);
void AddSignal(Verbs& verbs);

void AddStatus(Verbs& verbs);
void AddExplain(Verbs& verbs);
void AddHealth(Verbs& verbs);
void AddDiagnose(Verbs& verbs);
void AddWatch(Verbs& verbs);
void AddLatency(Verbs& verbs);

void AddZone(Verbs& verbs);
void AddCompletion(Verbs& verbs);
void AddNames(Verbs& verbs);
void AddVersion(Verbs& verbs);

/// All of them, under their headings.
void AddAll(Verbs& verbs);

}  // namespace waypost::ctl
