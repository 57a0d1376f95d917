// What a decision costs: each step alone and the chain of the documentation, with 3, 30 and 300
// candidate pools of two endpoints in as many regions (at most 100), clients of 1024 places in
// turn.
//
//   decide_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/steer/rendezvous.h"
#include "tests/support/world.h"

namespace waypost::steer {
namespace {

constexpr size_t kClients = 1024;
constexpr int64_t kMaxRegions = 100;

const char* const kCountries[] = {"DE", "US", "FR", "JP", "BR", "IN", "ZA", "CA"};

std::string Numbered(const std::string& word, int64_t i) {
  std::string digits = std::to_string(i);
  return word + std::string(3 - digits.size(), '0') + digits;
}

void AddRegions(test::World& world, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const std::string country = kCountries[i % 8];
    const std::string location = "country: '" + country + "' latitude: 10 longitude: 20";
    world.AddRegion(Numbered("region", i), location, i % 3 == 0 ? "gdpr" : "none");
  }
}

std::vector<std::string> AddPools(test::World& world, int64_t count, int64_t regions) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i) {
    const std::string host = std::to_string(i / 100) + "." + std::to_string(i % 100 * 2 + 1);
    names.push_back(Numbered("pool", i));
    world.AddPool(names.back(), Numbered("region", i % regions),
                  {"192.0." + host, "198.51." + host}, 50 + static_cast<uint32_t>(i % 7) * 10);
  }
  return names;
}

void AddClients(test::World& world, int64_t regions) {
  Random random(1);
  for (size_t i = 0; i < kClients; ++i) {
    test::FakeClients clients;
    clients.country = kCountries[random.Below(8)];
    clients.continent = static_cast<geo::Continent>(1 + random.Below(7));
    for (int64_t r = 0; r < regions; ++r) {
      clients.rtt.push_back(static_cast<uint16_t>(100 + random.Below(2000)));
      clients.distance_km.push_back(static_cast<uint16_t>(100 + random.Below(19000)));
    }
    if (i % 4 == 0) clients.labels = {0};
    world.AddClients("10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24",
                     clients);
  }
}

test::World MakeWorld(const std::string& steps, int64_t pools) {
  test::World world;
  const int64_t regions = std::min(pools, kMaxRegions);
  AddRegions(world, regions);
  world.AddNetwork("office", "entries { prefix: '10.0.0.0/8' }");
  world.AddPolicy("web", steps);
  world.AddRecord("www.example.com", "web", AddPools(world, pools, regions));
  world.Build();
  AddClients(world, regions);
  for (const auto& [name, pool] : world.pools()) {
    world.SetLoad(name, {static_cast<float>(HashName(name) % 100), 100});
  }
  return world;
}

std::vector<Client> MakeClients(const test::World& world) {
  std::vector<Client> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(
        world.ClientAt("10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24"));
  }
  return clients;
}

void Run(benchmark::State& state, const std::string& steps) {
  const test::World world = MakeWorld(steps, state.range(0));
  const std::vector<Client> clients = MakeClients(world);
  const Record& record = world.record_of("www.example.com");
  const World facts = world.world();
  Random random(2);
  uint64_t sequence = 0;
  for (auto _ : state) {
    const Draw draw{random.Next(), sequence++};
    benchmark::DoNotOptimize(
        Decide(record, Want::kA, clients[sequence % kClients], facts, draw).endpoints);
  }
}

void Pools(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(3)->Arg(30)->Arg(300)->ArgName("pools");
}

// What comes with every decision: candidates, health, endpoints, TTL. One answer.
BENCHMARK_CAPTURE(Run, no_step, "steps { answers { max: 1 } }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, answers, "steps { answers { max: 8 } }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, geo, "steps { geo {} } steps { answers { max: 1 } }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, geo_rules,
                  "steps { geo { rules { countries: ['DE', 'FR'] regions: 'region000' } rules { "
                  "continents: 'NA' regions: 'region001' } } } steps { answers { max: 1 } }")
    ->Apply(Pools);
BENCHMARK_CAPTURE(Run, residency, "steps { residency {} } steps { answers { max: 1 } }")
    ->Apply(Pools);
BENCHMARK_CAPTURE(Run, cidr,
                  "steps { cidr { rules { network: 'office' pools: 'pool002' } } } "
                  "steps { answers { max: 1 } }")
    ->Apply(Pools);
BENCHMARK_CAPTURE(Run, latency, "steps { latency {} }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, geoproximity, "steps { geoproximity {} }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, failover, "steps { failover {} }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, failover_held, "steps { failover { failback: FAILBACK_MANUAL } }")
    ->Apply(Pools);
BENCHMARK_CAPTURE(Run, weighted, "steps { weighted {} }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, weighted_sticky, "steps { weighted { sticky: true } }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, hash, "steps { hash { seed: 1 } }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, least_loaded, "steps { least_loaded {} }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, failover_spill, "steps { failover {} } steps { spill {} }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, round_robin, "steps { round_robin {} }")->Apply(Pools);
BENCHMARK_CAPTURE(Run, example_chain,
                  "steps { residency { prefer: true } } steps { latency {} } "
                  "steps { weighted {} } steps { answers { max: 2 } }")
    ->Apply(Pools);

}  // namespace
}  // namespace waypost::steer
