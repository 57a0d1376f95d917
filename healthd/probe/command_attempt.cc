#include "healthd/probe/command_attempt.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <vector>

namespace waypost::probe {
namespace {

namespace asio = boost::asio;

constexpr size_t kMaxOutput = 4096;
// More than a check needs, less than hurts the vantage.
constexpr rlim_t kMaxMemory = 512UL << 20;
constexpr rlim_t kMaxDescriptors = 64;
constexpr rlim_t kMaxFile = 16UL << 20;

boost::system::error_code LastError() { return {errno, boost::system::system_category()}; }

/// Everything that the child needs, made before the fork: after it only calls that are safe in a
/// signal handler are allowed, because other threads may hold locks.
struct Launch {
  Launch(const Command& command, const Spec& spec)
      : words(command.run),
        variables{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C",
                  "WAYPOST_ADDRESS=" + spec.address.address.ToString(),
                  "WAYPOST_PORT=" + std::to_string(spec.address.port)},
        cpu_s(static_cast<rlim_t>(spec.timeout / std::chrono::seconds(1)) + 1) {
    for (std::string& word : words) arguments.push_back(word.data());
    for (std::string& variable : variables) environment.push_back(variable.data());
    arguments.push_back(nullptr);
    environment.push_back(nullptr);
  }

  std::vector<std::string> words;
  std::vector<std::string> variables;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  rlim_t cpu_s;
};

void Limit(int resource, rlim_t most) {
  const rlimit limit{most, most};
  setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
}

[[noreturn]] void BecomeCommand(const Launch& launch, int output) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ResetSignals();
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  syscall(SYS_close_range, 3, ~0U, 0);
  Limit(RLIMIT_CPU, launch.cpu_s);
  Limit(RLIMIT_AS, kMaxMemory);
  Limit(RLIMIT_NOFILE, kMaxDescriptors);
  Limit(RLIMIT_FSIZE, kMaxFile);
  Limit(RLIMIT_CORE, 0);
  execve(launch.arguments[0], launch.arguments.data(), launch.environment.data());
  _exit(127);
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

CommandAttempt::CommandAttempt(asio::io_context& io, const Commands& commands,
                               std::shared_ptr<const Spec> spec, Prober::Done done)
    : Attempt(io, std::move(spec), std::move(done)),
      commands_(commands),
      output_(io),
      process_(io) {}

CommandAttempt::~CommandAttempt() { Reap(); }

void CommandAttempt::Close() {
  Error ignored;
  if (pid_ > 0) kill(-pid_, SIGKILL);
  output_.close(ignored);
}

Attempt::Awaitable<void> CommandAttempt::Run() {
  const std::string& name = std::get<CommandSpec>(spec().what).name;
  const auto command = commands_.find(name);
  if (command == commands_.end()) {
    RejectLocal(
        {v1::LAYER_REQUEST, v1::FAULT_OTHER, "this vantage has no command " + Quoted(name)});
    co_return;
  }
  if (!Spawn(command->second)) co_return;
  // Beside, because what it started may keep the pipe open.
  asio::co_spawn(executor(), ReadOutput(), [self = shared_from_this()](const auto&) {});
  co_await AwaitExit();
}

bool CommandAttempt::Spawn(const Command& command) {
  const Launch launch(command, spec());
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return RejectLocal(LastError());
  fcntl(ends[1], F_SETFL, 0);  // a command does not expect to be told to try again
  output_.assign(ends[0]);
  pid_ = fork();
  if (pid_ == 0) BecomeCommand(launch, ends[1]);
  const Error error = LastError();
  close(ends[1]);
  if (pid_ < 0) return RejectLocal(error);
  setpgid(pid_, pid_);  // whichever of the two comes first
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (handle < 0) return RejectLocal(LastError());
  process_.assign(handle);
  TakeLap();
  return true;
}

Attempt::Awaitable<void> CommandAttempt::ReadOutput() {
  std::array<char, 1024> bytes;
  const auto buffer = asio::buffer(bytes);
  for (;;) {
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const size_t count = co_await output_.async_read_some(buffer, token);
    if (error) co_return;
    if (outcome().phases.first_byte_us == 0) outcome().phases.first_byte_us = TakeLap();
    Note({bytes.data(), count});
  }
}

void CommandAttempt::Note(std::string_view bytes) {
  printed_ += bytes.substr(0, kMaxOutput - printed_.size());
}

/// What it printed last may not have been read yet.
void CommandAttempt::DrainOutput() {
  std::array<char, 1024> bytes;
  while (output_.is_open() && printed_.size() < kMaxOutput) {
    const ssize_t count = read(output_.native_handle(), bytes.data(), bytes.size());
    if (count <= 0) return;
    Note({bytes.data(), static_cast<size_t>(count)});
  }
}

/// Ends also after the deadline, because the group was killed then.
Attempt::Awaitable<void> CommandAttempt::AwaitExit() {
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto readable = asio::posix::stream_descriptor::wait_read;
  co_await process_.async_wait(readable, token);
  DrainOutput();
  kill(-pid_, SIGKILL);  // what it left behind; its number is not given anew before the wait
  int status = 0;
  const bool has_ended = waitpid(pid_, &status, WNOHANG) == pid_;
  if (!has_ended) co_return;
  pid_ = -1;
  Judge(status);
}

void CommandAttempt::Judge(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !timed_out()) return;
  std::string what = WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                       : "killed by signal " + std::to_string(WTERMSIG(status));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) what += ", it may not exist";
  if (!printed_.empty()) what += ": " + Quoted(FirstLine(printed_));
  Reject(v1::LAYER_CONTENT, {v1::LAYER_CONTENT, v1::FAULT_STATUS, what});
}

void CommandAttempt::Reap() {
  if (pid_ <= 0) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace waypost::probe
