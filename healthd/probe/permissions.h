// What the vantage's own settings permit monitors to use by name. A director can name these things,
// never define them, so that who controls a director does not control the vantage.
//
// Thread safety: values.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace waypost::probe {

/// PEM files of a client certificate and its key.
struct Identity {
  std::string cert;
  std::string key;
  bool operator==(const Identity&) const = default;
};

/// By name.
using Identities = std::map<std::string, Identity>;

/// A program that may be run as a probe, and its arguments. The first is an absolute path.
struct Command {
  std::vector<std::string> run;
  bool operator==(const Command&) const = default;
};

using Commands = std::map<std::string, Command>;

struct Permissions {
  Identities identities;
  Commands commands;
  bool operator==(const Permissions&) const = default;
};

}  // namespace waypost::probe
