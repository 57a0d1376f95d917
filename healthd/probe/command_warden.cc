#include "healthd/probe/command_warden.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace waypost::probe {
namespace {

// More than a check needs, less than hurts the vantage.
constexpr rlim_t kMaxMemory = 512UL << 20;
constexpr rlim_t kMaxDescriptors = 64;
constexpr rlim_t kMaxFile = 16UL << 20;
/// Of the vantage's user, all together: what runs at a time is counted, and some hundred commands
/// may. The kernel does not hold root to it.
constexpr rlim_t kMaxProcesses = 4096;

/// A process that the kernel cannot kill is not waited for much longer than a second.
constexpr int kMaxRounds = 100;
constexpr timespec kRound{0, 10'000'000};

void Limit(int resource, rlim_t most) {
  const rlimit limit{most, most};
  setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

void ResetSignals() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD}) signal(number, SIG_DFL);
}

void UnblockSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

constexpr int kTrouble = 3;

/// Null input, one pipe as output, one for trouble that the command does not get, and nothing else
/// of the vantage's.
void TakeDescriptors(const CommandLaunch& launch) {
  const int output = fcntl(launch.output, F_DUPFD, kTrouble + 1);
  const int trouble = fcntl(launch.trouble, F_DUPFD, kTrouble + 1);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  dup3(trouble, kTrouble, O_CLOEXEC);
  syscall(SYS_close_range, kTrouble + 1, ~0U, 0);
}

[[noreturn]] void EndWithTrouble() {
  const int number = errno;
  const ssize_t ignored = write(kTrouble, &number, sizeof number);
  static_cast<void>(ignored);
  _exit(127);
}

[[noreturn]] void BecomeCommand(const CommandLaunch& launch) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  UnblockSignals();
  Limit(RLIMIT_CPU, launch.cpu_s);
  Limit(RLIMIT_AS, kMaxMemory);
  Limit(RLIMIT_NOFILE, kMaxDescriptors);
  Limit(RLIMIT_FSIZE, kMaxFile);
  Limit(RLIMIT_NPROC, kMaxProcesses);
  Limit(RLIMIT_CORE, 0);
  execve(launch.arguments[0], launch.arguments, launch.environment);
  EndWithTrouble();
}

/// Takes leave of all that ended but `kept`, whose number stays its own. True: that ended.
bool Reap(pid_t kept) {
  for (;;) {
    siginfo_t ended{};
    if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) {
      return false;
    }
    if (ended.si_pid == kept) return true;
    waitpid(ended.si_pid, nullptr, WNOHANG);
  }
}

/// Kills the children but `kept`; false: there are none. (proc(5), .../children; without it those
/// that left the command's group are not found.)
bool KillChildren(pid_t kept) {
  std::array<char, 4096> text;
  const int file = open("/proc/thread-self/children", O_RDONLY);
  const ssize_t count = file < 0 ? 0 : read(file, text.data(), text.size());
  if (file >= 0) close(file);
  bool has_any = false;
  pid_t pid = 0;
  for (ssize_t i = 0; i < count; ++i) {
    if (text[static_cast<size_t>(i)] != ' ') {
      pid = 10 * pid + (text[static_cast<size_t>(i)] - '0');
      continue;
    }
    if (pid != kept) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, WNOHANG);
      has_any = true;
    }
    pid = 0;
  }
  return has_any;
}

void AwaitEnd(pid_t command, const sigset_t& news) {
  while (!Reap(command)) {
    if (sigwaitinfo(&news, nullptr) == SIGTERM) return;
  }
}

/// The children of what is killed become the warden's once it ended, and are killed in the next
/// round.
void KillAll(pid_t command, const sigset_t& news) {
  kill(-command, SIGKILL);
  kill(command, SIGKILL);
  for (int round = 0; round < kMaxRounds; ++round) {
    const bool has_ended = Reap(command);
    const bool has_others = KillChildren(command);
    if (has_ended && !has_others) return;
    sigtimedwait(&news, nullptr, &kRound);
  }
}

[[noreturn]] void EndAs(int status) {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  Limit(RLIMIT_CORE, 0);
  UnblockSignals();
  signal(WTERMSIG(status), SIG_DFL);
  kill(getpid(), WTERMSIG(status));
  _exit(127);
}

}  // namespace

void GuardCommand(const CommandLaunch& launch) {
  setpgid(0, 0);
  ResetSignals();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  TakeDescriptors(launch);
  const pid_t command = fork();
  if (command == 0) BecomeCommand(launch);
  if (command < 0) EndWithTrouble();
  setpgid(command, command);  // whichever of the two comes first
  sigset_t news;
  sigemptyset(&news);
  sigaddset(&news, SIGCHLD);
  sigaddset(&news, SIGTERM);
  AwaitEnd(command, news);
  KillAll(command, news);
  int status = 0;
  waitpid(command, &status, 0);
  EndAs(status);
}

}  // namespace waypost::probe
