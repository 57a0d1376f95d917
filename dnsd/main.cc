// Wiring only: command line, log, signals.
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>

#include "dnsd/base/clock.h"
#include "dnsd/control/director.h"
#include "dnsd/control/settings.h"
#include "dnsd/xdp/intake.h"

// Read by jemalloc. Two arenas: one thread allocates nearly all. What is free goes back to the
// system within a second.
extern "C" {
const char* malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

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

/// Before there is any other thread, so that all of them are without the privileges that it needs.
waypost::Status OpenIntakes(waypost::control::Settings& settings) {
  if (settings.xdp.empty()) return {};
  for (const std::string& interface : settings.xdp) {
    auto intake = waypost::xdp::Intake::Open(interface, settings.server.listen);
    if (!intake) return tl::unexpected(waypost::Error(intake.error()).In("--xdp"));
    spdlog::info("component=xdp event=attached detail=\"{}\"", (*intake)->description());
    settings.server.intakes.push_back(*std::move(intake));
  }
  return waypost::xdp::DropPrivileges();
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own lines on stderr repeat what we say; who wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const auto command_line = waypost::control::ReadCommandLine(argc, argv);
  if (!command_line) return Fail(kBadCommandLine, command_line.error());
  if (!command_line->settings) {
    fmt::print("{}", command_line->text);
    return 0;
  }
  const sigset_t signals = BlockSignals();
  StartLog(command_line->settings->log_level);
  const waypost::SystemClock clock;
  waypost::control::Settings settings = *command_line->settings;
  if (const auto status = OpenIntakes(settings); !status) return Fail(kCannotStart, status.error());
  const auto director = waypost::control::Director::Start(settings, clock);
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
