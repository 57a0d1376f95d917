// What probes cost: probes a second of processor time of one prober, against a loopback server on a
// thread of its own.
#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "healthd/probe/network_prober.h"
#include "tests/support/http_server.h"

namespace waypost::probe {
namespace {

/// Keeps `concurrent` probes under way until `count` have ended.
class Load {
 public:
  Load(v1::Target target, int concurrent)
      : spec_(std::make_shared<Spec>(*BuildSpec(target))), concurrent_(concurrent) {}

  void Run(int count) {
    to_start_ = count;
    for (int i = 0; i < concurrent_; ++i) StartNext();
    io_.restart();
    io_.run();
  }
  int failed() const { return failed_; }

 private:
  void StartNext() {
    if (to_start_-- <= 0) return;
    prober_.Start(spec_, [this](const Outcome& outcome) {
      failed_ += outcome.succeeded() ? 0 : 1;
      StartNext();
    });
  }

  const std::shared_ptr<const Spec> spec_;
  const int concurrent_;
  boost::asio::io_context io_{1};
  NetworkProber prober_{io_};
  int to_start_ = 0;
  int failed_ = 0;
};

v1::Target TargetOf(const test::HttpServer& server) {
  v1::Target target;
  target.set_address("127.0.0.1");
  target.mutable_monitor()->mutable_http()->set_port(server.port());
  return target;
}

void Measure(benchmark::State& state, const v1::Target& target) {
  constexpr int kProbes = 2000;
  Load load(target, static_cast<int>(state.range(0)));
  for (auto _ : state) load.Run(kProbes);
  state.SetItemsProcessed(state.iterations() * kProbes);
  state.counters["failed"] = load.failed();
}

void Http(benchmark::State& state) {
  const test::HttpServer server;
  Measure(state, TargetOf(server));
}
BENCHMARK(Http)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

void HttpWithBody(benchmark::State& state) {
  const test::HttpServer server;
  v1::Target target = TargetOf(server);
  target.mutable_monitor()->mutable_http()->mutable_expect()->set_body("ok");
  Measure(state, target);
}
BENCHMARK(HttpWithBody)->Arg(100)->Unit(benchmark::kMillisecond);

void Https(benchmark::State& state) {
  const test::HttpServer server({"127.0.0.1", 0, test::MakeCertificate({})});
  v1::Target target = TargetOf(server);
  target.mutable_monitor()->mutable_https()->set_port(server.port());
  target.mutable_monitor()->mutable_https()->set_skip_verify(true);
  Measure(state, target);
}
BENCHMARK(Https)->Arg(100)->Unit(benchmark::kMillisecond);

void Tcp(benchmark::State& state) {
  const test::HttpServer server;
  v1::Target target = TargetOf(server);
  target.mutable_monitor()->mutable_tcp()->set_port(server.port());
  Measure(state, target);
}
BENCHMARK(Tcp)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace waypost::probe
