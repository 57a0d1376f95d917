// Wiring only: command line, log, signals.
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "dnsd/base/clock.h"
#include "dnsd/control/director.h"
#include "dnsd/control/settings.h"

namespace {

constexpr int kCannotStart = 1;
constexpr int kBadCommandLine = 2;

/// Signals are blocked in every thread and taken by main alone.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int Fail(int code, const waypost::Error& error) {
  fmt::print(stderr, "waypost-dnsd: {}\n", error.message);
  return code;
}

void StartLog(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("waypost-dnsd"));
  spdlog::set_pattern("time=%Y-%m-%dT%H:%M:%S.%f+00:00 level=%^%l%$ program=dnsd %v",
                      spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

}  // namespace

int main(int argc, char** argv) {
  const auto command_line = waypost::control::ReadCommandLine(argc, argv);
  if (!command_line) return Fail(kBadCommandLine, command_line.error());
  if (!command_line->settings) {
    fmt::print("{}", command_line->text);
    return 0;
  }
  const sigset_t signals = BlockSignals();
  StartLog(command_line->settings->log_level);
  const waypost::SystemClock clock;
  const auto director = waypost::control::Director::Start(*command_line->settings, clock);
  if (!director) return Fail(kCannotStart, director.error());
  fmt::print("{}\n", (*director)->ReadyLine());
  std::fflush(stdout);
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP) break;
    (*director)->Reload();
  }
  (*director)->Stop();
  return 0;
}
