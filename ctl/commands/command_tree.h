// The command line as data, read off the parser itself, so that what is made from it is never
// stale.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace waypost::ctl {

/// What a shell may offer for an argument.
struct Offer {
  enum class Kind { kAnything, kFiles, kWords, kNames, kNamesOfKind };
  Kind kind = Kind::kAnything;
  // kWords: the words, a blank between; kNames: what `waypostctl names` is asked for.
  // kNamesOfKind: names of the kind that stands before.
  std::string words;
  bool operator==(const Offer&) const = default;
};

struct Flag {
  std::vector<std::string> names;  // with their dashes
  bool takes_value = false;
  Offer offer;
  std::string description;
};

struct Argument {
  Offer offer;
  bool repeats = false;
};

/// One place where the shell may stand.
struct Command {
  std::string path;  // "" or "weight set"
  std::string description;
  std::vector<std::string> verbs;
  std::vector<Flag> flags;  // the program's own flags stand only with the path ""
  std::vector<Argument> arguments;
};

/// The root first. Verbs that --help does not show are left out.
std::vector<Command> ReadCommandTree(const CLI::App& app);

}  // namespace waypost::ctl
