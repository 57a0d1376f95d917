// Child processes of tests: started with their output in files, ended by their own id.
//
// Thread safety: one thread. Ownership: the destructor kills what still runs. Errors: what cannot
// be started aborts the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace waypost::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  /// Writes a file, whole, by renaming; returns its path.
  std::string Write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

std::string ReadWholeFile(const std::string& path);

class Process {
 public:
  /// `log`: path without ending; stdout goes to LOG.out, stderr to LOG.err.
  Process(const std::vector<std::string>& command, std::string log);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// The first whole line of stdout; empty if the process ended or the time is up.
  std::string FirstLine(std::chrono::seconds limit = std::chrono::seconds(60));
  void Signal(int signal) const;
  /// SIGTERM unless it ended; the exit code, or 128 + signal. Kills after the limit.
  int Stop(std::chrono::seconds limit = std::chrono::seconds(60));
  /// Waits for it to end by itself.
  int Wait(std::chrono::seconds limit = std::chrono::seconds(60));
  void Kill();

  pid_t pid() const { return pid_; }
  std::string out() const { return ReadWholeFile(log_ + ".out"); }
  std::string err() const { return ReadWholeFile(log_ + ".err"); }

 private:
  bool Ended();

  std::string log_;
  pid_t pid_ = -1;
  int code_ = -1;
};

struct Finished {
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs a command to its end.
Finished RunCommand(const std::vector<std::string>& command, const std::string& log);

}  // namespace waypost::test
