#include "healthd/probe/command_attempt.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <vector>

#include "healthd/probe/command_warden.h"

namespace waypost::probe {
namespace {

namespace asio = boost::asio;

constexpr size_t kMaxOutput = 4096;

/// Everything that the child needs, made before the fork.
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

/// The end for writing of a new pipe that `reader` reads. Negative: errno(3) says why not.
class WritingEnd {
 public:
  explicit WritingEnd(asio::posix::stream_descriptor& reader) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
    reader.assign(ends[0]);
    descriptor_ = ends[1];
  }
  ~WritingEnd() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  WritingEnd(const WritingEnd&) = delete;
  WritingEnd& operator=(const WritingEnd&) = delete;

  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

CommandAttempt::CommandAttempt(asio::io_context& io, const Commands& commands,
                               std::shared_ptr<const Spec> spec, Prober::Done done)
    : Attempt(io, std::move(spec), std::move(done)),
      commands_(commands),
      output_(io),
      trouble_(io),
      process_(io) {}

CommandAttempt::~CommandAttempt() { Reap(); }

void CommandAttempt::Close() {
  Error ignored;
  if (pid_ > 0) kill(pid_, SIGTERM);
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
  const WritingEnd output(output_);
  const WritingEnd trouble(trouble_);
  if (output.get() < 0 || trouble.get() < 0) return RejectLocal(LastError());
  fcntl(output.get(), F_SETFL, 0);  // a command does not expect to be told to try again
  // Blocked, because a handler of the vantage's must not run in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_ = fork();
  if (pid_ == 0) {
    GuardCommand({launch.arguments.data(), launch.environment.data(), launch.cpu_s, output.get(),
                  trouble.get()});
  }
  const Error error = LastError();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid_ < 0) return RejectLocal(error);
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

/// Ends also after the deadline, because all was killed then.
Attempt::Awaitable<void> CommandAttempt::AwaitExit() {
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto readable = asio::posix::stream_descriptor::wait_read;
  co_await process_.async_wait(readable, token);
  DrainOutput();
  int status = 0;
  const bool has_ended = waitpid(pid_, &status, WNOHANG) == pid_;
  if (!has_ended) co_return;
  pid_ = -1;
  if (const auto trouble = Trouble()) {
    const std::string& name = std::get<CommandSpec>(spec().what).name;
    RejectLocal(
        {v1::LAYER_REQUEST, v1::FAULT_OTHER,
         "this vantage cannot run its command " + Quoted(name) + ": " + trouble->message()});
    co_return;
  }
  Judge(status);
}

/// Why there was no command, unless there was.
auto CommandAttempt::Trouble() -> std::optional<Error> {
  int number = 0;
  if (read(trouble_.native_handle(), &number, sizeof number) != sizeof number) return std::nullopt;
  return Error(number, boost::system::system_category());
}

void CommandAttempt::Judge(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !timed_out()) return;
  std::string what = WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                       : "killed by signal " + std::to_string(WTERMSIG(status));
  if (!printed_.empty()) what += ": " + Quoted(FirstLine(printed_));
  Reject(v1::LAYER_CONTENT, {v1::LAYER_CONTENT, v1::FAULT_STATUS, what});
}

void CommandAttempt::Reap() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

}  // namespace waypost::probe
