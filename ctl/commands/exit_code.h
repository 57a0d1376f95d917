// What the program's exit code says; the same list stands in --help and in waypostctl(1).
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace waypost::ctl {

enum class ExitCode : int {
  kDone = 0,         // done, or nothing to do
  kRefused = 1,      // refused, not confirmed, or problems found
  kUsage = 2,        // the command line makes no sense
  kUnreachable = 3,  // no answer from the server's address
  kNotFound = 4,     // what was named does not exist
  kConflict = 5,     // the expected revision is not the current one
  kTimeout = 6,      // no answer in time: a change may or may not have been made
  kChanges = 7,      // with --detailed-exitcode: there are changes
  kNotExamined = 8,  // diagnose: nobody could examine
};

/// Why a verb could not do its work.
struct Trouble {
  ExitCode code = ExitCode::kRefused;
  std::string message;
  // What it is made of, such as FILE:LINE: FACT; a line each. May be empty.
  std::string details;
};

template <typename T>
using Answer = tl::expected<T, Trouble>;

}  // namespace waypost::ctl
