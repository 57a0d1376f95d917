// The time of one reply without the sockets: parse, look up, decide, write. Everything is warm; the
// target for static answers is 120 ns.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dnsd/liveness/board.h"
#include "dnsd/serve/responder.h"
#include "tests/support/dns_message.h"
#include "tests/support/served_world.h"

namespace waypost::serve {
namespace {

using test::QueryPacket;

constexpr int kStaticNames = 10000;

/// One zone of many names, and names that policies answer.
struct Service {
  test::ServedWorld served;
  Identity identity{"", ""};
  Tally tally;
  Responder responder{identity, &steer::Decide, 1, tally};
  std::vector<uint8_t> out = std::vector<uint8_t>(wire::kMaxUdpPayload);
  const Snapshot* snapshot = nullptr;

  Service() {
    test::World& world = served.world;
    for (const char* region : {"ap", "eu", "us"}) {
      world.AddRegion(region, "country: 'IE' latitude: 53 longitude: -6");
      world.AddPool(std::string("web-") + region, region, {"192.0.2.1", "192.0.2.2"});
    }
    world.AddPolicy("example",
                    "steps { latency {} } steps { weighted {} } steps { answers { max: 2 } }");
    world.AddRecord("steered.example.com", "example", {"web-ap", "web-eu", "web-us"});
    std::string text = "alias CNAME n7\nsub NS ns.sub\nns.sub A 192.0.2.9\n";
    for (int i = 0; i < kStaticNames; ++i) text += "n" + std::to_string(i) + " A 192.0.2.1\n";
    served.AddZone("example.com", text);
    snapshot = &served.Build();
    world.AddClients("198.51.0.0/18", {.country = "IE", .rtt = {100, 900, 105}});
    served.RememberFronts();
  }
};

void Reply(benchmark::State& state, const std::vector<test::Bytes>& packets) {
  const auto service = std::make_unique<Service>();
  const auto from = *IpAddress::Parse("198.51.1.1");
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(service->responder.Respond(packets[next], from, Transport::kUdp,
                                                        service->snapshot, service->out));
    if (++next == packets.size()) next = 0;
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}

void StaticOneName(benchmark::State& state) {
  Reply(state, {QueryPacket("n5.example.com", 1).Build()});
}
void StaticManyNamesWithEdns(benchmark::State& state) {
  std::vector<test::Bytes> packets;
  for (int i = 0; i < kStaticNames; ++i) {
    // Multiplying by a prime visits all names out of order.
    const int n = static_cast<int>(int64_t{i} * 7919 % kStaticNames);
    packets.push_back(QueryPacket("n" + std::to_string(n) + ".example.com", 1).Edns().Build());
  }
  Reply(state, packets);
}
void Alias(benchmark::State& state) {
  Reply(state, {QueryPacket("alias.example.com", 1).Edns().Build()});
}
void NxDomain(benchmark::State& state) {
  Reply(state, {QueryPacket("missing.example.com", 1).Edns().Build()});
}
void Referral(benchmark::State& state) {
  Reply(state, {QueryPacket("www.sub.example.com", 1).Edns().Build()});
}
void SteeredBySubnet(benchmark::State& state) {
  Reply(state, {QueryPacket("steered.example.com", 1).Subnet(1, 24, {198, 51, 10}).Build()});
}

/// Changes the standing of an endpoint, and so of its pool, so many times a second.
class Flipper {
 public:
  Flipper(liveness::Board& board, int64_t per_second) {
    if (per_second == 0) return;
    const std::chrono::nanoseconds gap(1'000'000'000 / per_second);
    thread_ = std::thread([this, &board, gap] {
      auto due = std::chrono::steady_clock::now();
      for (uint64_t flips = 1; !stop_.load(std::memory_order_relaxed); ++flips) {
        liveness::EndpointWord word = board.endpoint(0);
        word.standing = flips % 2 == 0 ? liveness::Standing::kUp : liveness::Standing::kDown;
        board.SetEndpoint(0, word);
        board.CombinePool(0, 100);
        board.RaiseEpoch(flips);
        std::this_thread::sleep_until(due += gap);
      }
    });
  }
  ~Flipper() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

void SteeredWhileTheBoardChanges(benchmark::State& state) {
  const auto service = std::make_unique<Service>();
  const Flipper flipper(*service->snapshot->board, state.range(0));
  const auto from = *IpAddress::Parse("198.51.1.1");
  const test::Bytes packet =
      QueryPacket("steered.example.com", 1).Subnet(1, 24, {198, 51, 10}).Build();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        service->responder.Respond(packet, from, Transport::kUdp, service->snapshot, service->out));
  }
}

/// What one worker has for itself.
struct alignas(64) Worker {
  Tally tally;
  Responder responder;
  std::vector<uint8_t> out = std::vector<uint8_t>(wire::kMaxUdpPayload);

  explicit Worker(const Service& service) : responder(service.identity, &steer::Decide, 1, tally) {}
};

/// Workers that share the snapshot and nothing that is written: an answer costs each what it costs
/// one alone.
void SteeredByWorkers(benchmark::State& state) {
  static const Service service;
  const auto worker = std::make_unique<Worker>(service);
  const auto from = *IpAddress::Parse("198.51.1.1");
  const test::Bytes packet =
      QueryPacket("steered.example.com", 1).Subnet(1, 24, {198, 51, 10}).Build();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        worker->responder.Respond(packet, from, Transport::kUdp, service.snapshot, worker->out));
  }
}

BENCHMARK(StaticOneName);
BENCHMARK(StaticManyNamesWithEdns);
BENCHMARK(Alias);
BENCHMARK(NxDomain);
BENCHMARK(Referral);
BENCHMARK(SteeredBySubnet);
BENCHMARK(SteeredWhileTheBoardChanges)->Arg(0)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(SteeredByWorkers)->Threads(1)->Threads(2);

}  // namespace
}  // namespace waypost::serve
