#include "ctl/commands/completion_script.h"

#include <fmt/format.h>

#include "ctl/render/words.h"

namespace waypost::ctl {
namespace {

// Names are asked for while someone waits for the key to do something.
constexpr const char* kNamesCommand = "waypostctl --timeout 300ms names";

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string SpecOf(const Offer& offer) {
  switch (offer.kind) {
    case Offer::Kind::kFiles:
      return "files";
    case Offer::Kind::kWords:
      return "words " + offer.words;
    case Offer::Kind::kNames:
      return "names " + offer.words;
    case Offer::Kind::kNamesOfKind:
      return "names-of-kind";
    case Offer::Kind::kAnything:
      break;
  }
  return "anything";
}

std::string Case(const std::string& pattern, const std::string& output) {
  return fmt::format("    {}) echo {} ;;\n", pattern, Quoted(output));
}

std::string Function(const std::string& name, const std::string& on, const std::string& cases) {
  return fmt::format("_waypostctl_{}() {{\n  case \"{}\" in\n{}  esac\n}}\n", name, on, cases);
}

std::string VerbsTable(const std::vector<Command>& commands) {
  std::string cases;
  for (const Command& command : commands) {
    if (!command.verbs.empty())
      cases += Case(Quoted(command.path), render::Join(command.verbs, " "));
  }
  return Function("verbs", "$1", cases);
}

std::string LongNames(const Command& command) {
  std::vector<std::string> names;
  for (const Flag& flag : command.flags) names.push_back(flag.names.back());
  return render::Join(names, " ");
}

/// The program's own flags are understood after every verb.
std::string FlagsTable(const std::vector<Command>& commands) {
  std::string cases;
  for (const Command& command : commands) {
    const bool is_root = command.path.empty();
    cases +=
        Case(Quoted(command.path),
             is_root ? LongNames(command) : LongNames(command) + " " + LongNames(commands.front()));
  }
  return Function("flags", "$1", cases);
}

/// PATH:FLAG -> what may follow the flag; nothing for flags without a value.
std::string ValuesTable(const std::vector<Command>& commands) {
  std::string cases;
  for (const Command& command : commands) {
    for (const Flag& flag : command.flags) {
      if (!flag.takes_value) continue;
      for (const std::string& name : flag.names) {
        const std::string pattern =
            command.path.empty() ? "*" + Quoted(":" + name) : Quoted(command.path + ":" + name);
        cases += Case(pattern, SpecOf(flag.offer));
      }
    }
  }
  return Function("value", "$1:$2", cases);
}

/// PATH:POSITION -> what may stand there.
std::string ArgumentsTable(const std::vector<Command>& commands) {
  std::string cases;
  for (const Command& command : commands) {
    for (size_t i = 0; i < command.arguments.size(); ++i) {
      const Argument& argument = command.arguments[i];
      cases += Case(argument.repeats ? Quoted(command.path + ":") + "*"
                                     : Quoted(fmt::format("{}:{}", command.path, i)),
                    SpecOf(argument.offer));
    }
  }
  return Function("argument", "$1:$2", cases);
}

std::string Tables(const std::vector<Command>& commands) {
  return VerbsTable(commands) + FlagsTable(commands) + ValuesTable(commands) +
         ArgumentsTable(commands);
}

constexpr const char* kBashWalk = R"SH(
_waypostctl_names() {
  # Not through compgen -W, which would run what a name holds as shell code.
  local name
  while IFS= read -r name; do
    [[ $name == "$2"* ]] && printf '%s\n' "$name"
  done < <(@NAMES@ "$1" 2>/dev/null)
}

_waypostctl_offer() {
  case "$1" in
    files) compgen -f -- "$2" ;;
    'words '*) compgen -W "${1#words }" -- "$2" ;;
    'names '*) _waypostctl_names "${1#names }" "$2" ;;
    names-of-kind) _waypostctl_names "$3" "$2" ;;
  esac
}

_waypostctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD words=("${COMP_WORDS[@]}")
  # Colons in addresses must not split words.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n : cur words cword
  fi
  local at='' pending='' spec='' given=() word i
  for ((i = 1; i < cword; i++)); do
    word=${words[i]}
    if [[ -n $pending ]]; then
      pending=''
    elif [[ $word == -* ]]; then
      pending=$(_waypostctl_value "$at" "$word")
    elif [[ " $(_waypostctl_verbs "$at") " == *" $word "* ]]; then
      at=${at:+$at }$word
    else
      given+=("$word")
    fi
  done
  if [[ -n $pending ]]; then
    spec=$pending
  elif [[ $cur == -* ]]; then
    spec="words $(_waypostctl_flags "$at")"
  elif [[ -n $(_waypostctl_verbs "$at") ]]; then
    spec="words $(_waypostctl_verbs "$at")"
  else
    spec=$(_waypostctl_argument "$at" "${#given[@]}")
  fi
  [[ $spec == files ]] && compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(_waypostctl_offer "$spec" "$cur" "${given[0]-}")
  if declare -F __ltrim_colon_completions >/dev/null; then
    __ltrim_colon_completions "$cur"
  fi
}
complete -F _waypostctl waypostctl
)SH";

constexpr const char* kZshWalk = R"SH(
_waypostctl() {
  local at='' pending='' spec='' word i
  local -a given
  for ((i = 2; i < CURRENT; i++)); do
    word=${words[i]}
    if [[ -n $pending ]]; then
      pending=''
    elif [[ $word == -* ]]; then
      pending=$(_waypostctl_value "$at" "$word")
    elif [[ " $(_waypostctl_verbs "$at") " == *" $word "* ]]; then
      at=${at:+$at }$word
    else
      given+=("$word")
    fi
  done
  if [[ -n $pending ]]; then
    spec=$pending
  elif [[ ${words[CURRENT]} == -* ]]; then
    spec="words $(_waypostctl_flags "$at")"
  elif [[ -n $(_waypostctl_verbs "$at") ]]; then
    spec="words $(_waypostctl_verbs "$at")"
  else
    spec=$(_waypostctl_argument "$at" "${#given}")
  fi
  case $spec in
    files) _files ;;
    'words '*) compadd -- ${=spec#words } ;;
    'names '*) compadd -- ${(f)"$(@NAMES@ ${spec#names } 2>/dev/null)"} ;;
    names-of-kind) compadd -- ${(f)"$(@NAMES@ "${given[1]}" 2>/dev/null)"} ;;
  esac
}
compdef _waypostctl waypostctl
)SH";

std::string WithNamesCommand(std::string script) {
  constexpr std::string_view kPlace = "@NAMES@";
  for (size_t at = script.find(kPlace); at != std::string::npos; at = script.find(kPlace)) {
    script.replace(at, kPlace.size(), kNamesCommand);
  }
  return script;
}

}  // namespace

std::string RenderBashCompletion(const std::vector<Command>& commands) {
  return "# Completion of waypostctl for bash; made by `waypostctl completion bash`.\n" +
         Tables(commands) + WithNamesCommand(kBashWalk);
}

std::string RenderZshCompletion(const std::vector<Command>& commands) {
  return "#compdef waypostctl\n# Made by `waypostctl completion zsh`.\n" + Tables(commands) +
         WithNamesCommand(kZshWalk);
}

}  // namespace waypost::ctl
