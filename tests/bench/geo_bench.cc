// What a geo database costs: seconds to open and to compile, size of the map, nanoseconds a lookup.
// WAYPOST_GEODB names the MMDB files, parted by colons, such as deploy/fetch-geodb gets.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/geo/atlas.h"

namespace waypost::geo {
namespace {

constexpr size_t kAddresses = 1 << 20;  // a power of two
constexpr double kMiB = 1 << 20;

std::vector<std::string> Paths() {
  std::vector<std::string> paths;
  const char* const list = std::getenv("WAYPOST_GEODB");
  std::istringstream rest(list != nullptr ? list : "");
  for (std::string path; std::getline(rest, path, ':');) paths.push_back(path);
  return paths;
}

Vocabulary TwelveRegions() {
  Vocabulary vocabulary;
  vocabulary.regions = {{"us-east", {38.9, -77.4}},      {"us-west", {45.8, -119.7}},
                        {"ca-central", {45.5, -73.6}},   {"sa-east", {-23.5, -46.6}},
                        {"eu-west", {53.35, -6.26}},     {"eu-central", {50.1, 8.7}},
                        {"me-south", {26.1, 50.6}},      {"af-south", {-33.9, 18.4}},
                        {"ap-south", {19.1, 72.9}},      {"ap-southeast", {1.35, 103.8}},
                        {"ap-northeast", {35.7, 139.7}}, {"au-east", {-33.9, 151.2}}};
  return vocabulary;
}

/// nullptr, and the benchmark is skipped aloud, where there is no database.
std::shared_ptr<const Atlas> OpenAtlas(benchmark::State& state) {
  const auto paths = Paths();
  if (paths.empty()) {
    state.SkipWithError("WAYPOST_GEODB is not set");
    return nullptr;
  }
  auto atlas = Atlas::Open(paths);
  if (!atlas) {
    state.SkipWithError(atlas.error().message.c_str());
    return nullptr;
  }
  return *atlas;
}

void Open(benchmark::State& state) {
  std::shared_ptr<const Atlas> atlas = OpenAtlas(state);
  if (atlas == nullptr) return;
  for (auto _ : state) atlas = OpenAtlas(state);
  double nodes = 0;
  for (const auto& database : atlas->databases()) nodes += static_cast<double>(database.nodes);
  state.counters["nodes"] = nodes;
}
BENCHMARK(Open)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();

void Compile(benchmark::State& state) {
  const auto atlas = OpenAtlas(state);
  if (atlas == nullptr) return;
  const Vocabulary vocabulary = TwelveRegions();
  std::shared_ptr<const ClientMap> map;
  for (auto _ : state) map = atlas->Compile(vocabulary, LatencyTable());
  state.counters["prefixes"] = static_cast<double>(map->prefix_count());
  state.counters["classes"] = static_cast<double>(map->class_count());
  state.counters["MiB"] = static_cast<double>(map->memory_bytes()) / kMiB;
}
BENCHMARK(Compile)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();

std::vector<IpAddress> RandomAddresses(IpFamily family) {
  std::vector<IpAddress> addresses;
  Random random(1);
  for (size_t i = 0; i < kAddresses; ++i) {
    const uint64_t bits = random.Next();
    addresses.push_back(family == IpFamily::kV4
                            ? IpAddress::FromV4(static_cast<uint32_t>(bits))
                            : IpAddress::FromV6(0x2000000000000000 | bits >> 3, random.Next()));
  }
  return addresses;
}

/// Starts of the map's own prefixes in random order: those where clients are.
std::vector<IpAddress> PrefixStarts(const ClientMap& map, IpFamily family) {
  std::vector<IpAddress> starts;
  map.ForEach([&](const IpPrefix& prefix, uint32_t) {
    if (prefix.address.family() == family) starts.push_back(prefix.address);
  });
  std::vector<IpAddress> chosen;
  Random random(1);
  for (size_t i = 0; i < kAddresses; ++i) chosen.push_back(starts[random.Below(starts.size())]);
  return chosen;
}

void LookUp(benchmark::State& state, const ClientMap& map,
            const std::vector<IpAddress>& addresses) {
  size_t next = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(map.Find(addresses[next++ & (kAddresses - 1)]).class_id);
}

void FindRandom(benchmark::State& state, IpFamily family) {
  const auto atlas = OpenAtlas(state);
  if (atlas == nullptr) return;
  LookUp(state, *atlas->Compile(TwelveRegions(), LatencyTable()), RandomAddresses(family));
}
BENCHMARK_CAPTURE(FindRandom, ipv4, IpFamily::kV4)->Iterations(4 << 20);
BENCHMARK_CAPTURE(FindRandom, ipv6, IpFamily::kV6)->Iterations(4 << 20);

void FindPrefix(benchmark::State& state, IpFamily family) {
  const auto atlas = OpenAtlas(state);
  if (atlas == nullptr) return;
  const auto map = atlas->Compile(TwelveRegions(), LatencyTable());
  LookUp(state, *map, PrefixStarts(*map, family));
}
BENCHMARK_CAPTURE(FindPrefix, ipv4, IpFamily::kV4)->Iterations(4 << 20);
BENCHMARK_CAPTURE(FindPrefix, ipv6, IpFamily::kV6)->Iterations(4 << 20);

}  // namespace
}  // namespace waypost::geo
