#include "ctl/commands/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "ctl/commands/kinds.h"
#include "ctl/render/words.h"

namespace waypost::ctl {
namespace {

Offer OfferFor(const std::string& type) {
  using enum Offer::Kind;
  static const std::map<std::string, Offer> offers = {
      {"FILE", {kFiles, ""}},
      {"FILE|DIR", {kFiles, ""}},
      {"ADDR|PREFIX", {kAnything, ""}},
      {"KIND", {kWords, render::Join(Kinds(), " ")}},
      {"NAME", {kNamesOfKind, ""}},
      {"KIND/NAME", {kNames, "id"}},
      {"TARGET", {kNames, "target"}},
      {"POOL", {kNames, "pool"}},
      {"POOL[/ENDPOINT]", {kNames, "share"}},
      {"ENDPOINT", {kNames, "endpoint"}},
      {"RECORD", {kNames, "record"}}};
  if (const auto found = offers.find(type); found != offers.end()) return found->second;
  if (type.find('|') == std::string::npos) return {};
  std::string words = type;
  std::replace(words.begin(), words.end(), '|', ' ');
  return {kWords, words};
}

Flag ReadFlag(const CLI::Option& option) {
  Flag flag;
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  flag.takes_value = option.get_items_expected_max() > 0;
  if (flag.takes_value) flag.offer = OfferFor(option.get_type_name());
  flag.description = option.get_description();
  return flag;
}

Command ReadCommand(const CLI::App& app, const std::string& path) {
  Command command{path, app.get_description(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      command.arguments.push_back(
          {OfferFor(option->get_type_name()), option->get_items_expected_max() > 1});
    } else {
      command.flags.push_back(ReadFlag(*option));
    }
  }
  return command;
}

void Read(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
  const size_t own = commands.size();
  commands.push_back(ReadCommand(app, path));
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (verb->get_group().empty()) continue;
    commands[own].verbs.push_back(verb->get_name());
    Read(*verb, path.empty() ? verb->get_name() : path + " " + verb->get_name(), commands);
  }
}

}  // namespace

std::vector<Command> ReadCommandTree(const CLI::App& app) {
  std::vector<Command> commands;
  Read(app, "", commands);
  return commands;
}

}  // namespace waypost::ctl
