// The process between a vantage and a command that it runs, so that nothing of the command outlives
// its probe: whatever the command started comes to the warden when its parents end
// (PR_SET_CHILD_SUBREAPER, prctl(2)), in whatever process group or session, and is killed.
//
// Thread safety: for the child of a fork of a program with threads, in which only what is safe in a
// signal handler may be called. Errors: of what could not be run at all `trouble` gets the number
// (errno(3), an int), and the status is 127.
#pragma once

#include <sys/resource.h>

namespace waypost::probe {

/// Prepared before the fork.
struct CommandLaunch {
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  rlim_t cpu_s = 0;
  int output = -1;
  int trouble = -1;
};

/// To be called with all signals blocked. Runs the command, ends as it ended, and leaves nothing
/// behind; SIGTERM kills it all before, and so does the death of the thread that forked.
[[noreturn]] void GuardCommand(const CommandLaunch& launch);

}  // namespace waypost::probe
