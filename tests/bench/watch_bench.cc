// What watching many endpoints costs: the schedule and the real prober on one thread, against
// loopback servers on another. Printed: share of one core and memory of the watching side alone.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <memory>

#include "healthd/probe/network_prober.h"
#include "healthd/schedule/schedule.h"
#include "tests/support/http_server.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::schedule {
namespace {

using std::chrono::seconds;

double ThreadSeconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double ResidentMebibytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// Endpoints of 127.1.0.0/16, all different, at the port of one server that listens on all.
WatchList MakeList(WatchId count, uint16_t port, bool is_tcp) {
  WatchList list;
  for (WatchId id = 1; id <= count; ++id) {
    v1::Target target;
    target.set_address("127.1." + std::to_string(id / 250) + "." + std::to_string(1 + id % 250));
    target.mutable_monitor()->mutable_interval()->set_seconds(10);
    if (is_tcp)
      target.mutable_monitor()->mutable_tcp()->set_port(port);
    else
      target.mutable_monitor()->mutable_http()->set_port(port);
    list[id] = std::make_shared<probe::Spec>(*probe::BuildSpec(target));
  }
  return list;
}

void Watch(benchmark::State& state, bool is_tcp) {
  const test::HttpServer server({"0.0.0.0", 0, std::nullopt});
  const double before = ResidentMebibytes();
  boost::asio::io_context io(1);
  probe::NetworkProber prober(io);
  uint64_t seen = 0;
  uint64_t failed = 0;
  Schedule watching(io, prober, {}, [&](WatchId, const Sighting& sighting) {
    ++seen;
    failed += sighting.outcome.succeeded() ? 0 : 1;
  });
  watching.Watch(MakeList(static_cast<WatchId>(state.range(0)), server.port(), is_tcp));
  for (auto _ : state) {
    io.run_for(seconds(12));  // the first round comes within a second, the second in turn
    const double used = ThreadSeconds();
    const uint64_t begin = seen;
    io.run_for(seconds(20));
    state.counters["core_percent"] = (ThreadSeconds() - used) / 20 * 100;
    state.counters["probes_per_second"] = static_cast<double>(seen - begin) / 20;
    state.counters["MiB"] = ResidentMebibytes() - before;
    state.counters["failed"] = static_cast<double>(failed);
  }
}

void WatchHttp(benchmark::State& state) { Watch(state, false); }
BENCHMARK(WatchHttp)->Arg(50'000)->Iterations(1)->Unit(benchmark::kSecond);

void WatchTcp(benchmark::State& state) { Watch(state, true); }
BENCHMARK(WatchTcp)->Arg(50'000)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace waypost::schedule
