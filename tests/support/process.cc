#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace waypost::test {
namespace {

void RedirectTo(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
  close(file);
}

}  // namespace

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "waypost-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::Write(const std::string& name, const std::string& text) const {
  const std::string path = path_ + "/" + name;
  std::ofstream(path + ".new", std::ios::binary) << text;
  std::filesystem::rename(path + ".new", path);
  return path;
}

std::string ReadWholeFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Process::Process(const std::vector<std::string>& command, std::string log) : log_(std::move(log)) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::filesystem::remove(log_ + ".out");
  pid_ = fork();
  if (pid_ < 0) std::abort();
  if (pid_ > 0) return;
  RedirectTo("/dev/null", STDIN_FILENO);
  RedirectTo(log_ + ".out", STDOUT_FILENO);
  RedirectTo(log_ + ".err", STDERR_FILENO);
  // A listening socket of the test's own servers must not live on in the child.
  close_range(STDERR_FILENO + 1, ~0U, 0);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

Process::~Process() { Kill(); }

std::string Process::FirstLine(std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    const bool ended = Ended();
    const std::string text = out();
    if (const size_t end = text.find('\n'); end != std::string::npos) return text.substr(0, end);
    if (ended) return "";
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return "";
}

void Process::Signal(int signal) const {
  if (pid_ > 0 && code_ < 0) kill(pid_, signal);
}

int Process::Stop(std::chrono::seconds limit) {
  Signal(SIGTERM);
  return Wait(limit);
}

int Process::Wait(std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!Ended()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      Kill();
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return code_;
}

void Process::Kill() {
  if (Ended()) return;
  kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  code_ = 128 + SIGKILL;
}

bool Process::Ended() {
  if (code_ >= 0) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

Finished RunCommand(const std::vector<std::string>& command, const std::string& log) {
  Process process(command, log);
  const int code = process.Wait(std::chrono::seconds(60));
  return {code, process.out(), process.err()};
}

}  // namespace waypost::test
