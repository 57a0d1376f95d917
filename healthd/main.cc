#include <spdlog/sinks/stdout_sinks.h>

#include <cstdio>
#include <cstdlib>

#include "healthd/daemon.h"

namespace {

std::shared_ptr<spdlog::logger> MakeLog() {
  auto log = std::make_shared<spdlog::logger>("healthd",
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("time=%Y-%m-%dT%H:%M:%S.%f%z level=%l program=%n %v");
  return log;
}

void PrintReady(const waypost::Settings& settings) {
  std::string directors;
  for (const std::string& director : settings.director) {
    directors += (directors.empty() ? "" : ", ") + director;
  }
  std::printf("waypost-healthd %s ready: vantage %s%s%s, directors %s\n", WAYPOST_VERSION,
              settings.vantage.c_str(), settings.region.empty() ? "" : " in ",
              settings.region.c_str(), directors.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own lines on stderr repeat what we say; who wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const auto parse = [argc, argv] { return waypost::ParseCommandLine(argc, argv); };
  const auto reload = [parse] {
    return parse().map([](auto&& parsed) { return parsed.settings; });
  };
  const auto invocation = parse();
  if (!invocation) {
    std::fprintf(stderr, "waypost-healthd: %s\n", invocation.error().message.c_str());
    return 2;
  }
  if (!invocation->answer.empty()) return std::fputs(invocation->answer.c_str(), stdout) < 0;
  waypost::Daemon daemon(invocation->settings, reload, MakeLog());
  daemon.Run([&] { PrintReady(invocation->settings); });
  return 0;
}
