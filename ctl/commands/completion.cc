// `completion`: scripts for shells, made from the command line's own declaration.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/command_tree.h"
#include "ctl/commands/completion_script.h"
#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

struct CompletionOptions {
  std::string shell;
};

ExitCode Complete(const CompletionOptions& options, const CLI::App& app, Session& session) {
  const std::vector<Command> commands = ReadCommandTree(app);
  session.out << (options.shell == "zsh" ? RenderZshCompletion(commands)
                                         : RenderBashCompletion(commands));
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, CompletionOptions& options) {
  AddChoice(verb, "shell", options.shell, {"bash", "zsh"}, "For which shell")->required();
  verb.footer("Try it: source <(waypostctl completion bash)");
}

}  // namespace

void AddCompletion(Verbs& verbs) {
  const CLI::App* app = &verbs.app();
  verbs.Add<CompletionOptions>("completion", "Print a completion script", Declare,
                               [app](const CompletionOptions& options, Session& session) {
                                 return Complete(options, *app, session);
                               });
}

}  // namespace waypost::ctl
