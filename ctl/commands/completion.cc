// `completion`: scripts for shells, made from the command line's own declaration.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/command_tree.h"
#include "ctl/commands/completion_script.h"
#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

struct CompletionOptions {
  const CLI::App* app = nullptr;  // the whole command line
  std::string shell;
};

ExitCode Complete(const CompletionOptions& options, Session& session) {
  const std::vector<Command> commands = ReadCommandTree(*options.app);
  session.out << (options.shell == "zsh" ? RenderZshCompletion(commands)
                                         : RenderBashCompletion(commands));
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, CompletionOptions& options) {
  options.app = verb.get_parent();
  AddChoice(verb, "shell", options.shell, {"bash", "zsh"}, "For which shell")->required();
  verb.footer("Try it: source <(waypostctl completion bash)");
}

}  // namespace

void AddCompletion(Verbs& verbs) {
  verbs.Add<CompletionOptions>("completion", "Print a completion script", Declare, Complete);
}

}  // namespace waypost::ctl
