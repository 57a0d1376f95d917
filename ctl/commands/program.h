// The program: reads the command line, runs the verb.
//
// Thread safety: one thread. Errors: as exit codes (exit_code.h), with the reason on `err`.
#pragma once

#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "ctl/commands/server_address.h"
#include "dnsd/base/clock.h"

namespace waypost::ctl {

/// Everything of the world outside that the program may look at.
struct Environment {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool input_is_terminal = false;
  bool output_is_terminal = false;
  Variables variables;
  std::string author;  // USER@HOST
  const Clock& clock;
};

/// `arguments`: without the program's name.
int Run(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace waypost::ctl
