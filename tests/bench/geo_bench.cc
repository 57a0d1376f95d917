// What a geo database costs: seconds to open and to compile, size of the map, nanoseconds a lookup.
//
//   geo_bench FILE.mmdb ...
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/geo/atlas.h"

namespace waypost::geo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRuns = 5;
constexpr size_t kLookups = 1 << 20;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <typename Work>
double MedianSeconds(Work work) {
  std::vector<double> seconds;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = Clock::now();
    work();
    seconds.push_back(SecondsSince(start));
  }
  return Median(seconds);
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

std::vector<IpAddress> RandomAddresses(IpFamily family) {
  std::vector<IpAddress> addresses;
  Random random(1);
  for (size_t i = 0; i < kLookups; ++i) {
    const uint64_t bits = random.Next();
    addresses.push_back(family == IpFamily::kV4
                            ? IpAddress::FromV4(static_cast<uint32_t>(bits))
                            : IpAddress::FromV6(0x2000000000000000 | bits >> 3, random.Next()));
  }
  return addresses;
}

void PrintLookups(const ClientMap& map, const char* name, IpFamily family) {
  const auto addresses = RandomAddresses(family);
  uint64_t sum = 0;
  const double seconds = MedianSeconds([&] {
    for (const auto& address : addresses) sum += map.Find(address).class_id;
  });
  std::printf("lookup, random %s: %.0f ns (checksum %llu)\n", name, seconds / kLookups * 1e9,
              static_cast<unsigned long long>(sum));
}

void PrintDatabases(const Atlas& atlas) {
  for (const auto& database : atlas.databases())
    std::printf("%s: type \"%s\", %llu nodes. %s\n", database.path.c_str(), database.type.c_str(),
                static_cast<unsigned long long>(database.nodes), database.attribution.c_str());
}

void PrintMap(const ClientMap& map) {
  std::set<CountryCode> countries;
  for (size_t id = 0; id < map.class_count(); ++id)
    countries.insert(map.Class(static_cast<uint32_t>(id)).country);
  uint64_t v4 = 0;
  map.ForEach([&](const IpPrefix& prefix, uint32_t) { v4 += prefix.address.is_v4() ? 1 : 0; });
  std::printf("map: %llu prefixes (%llu IPv4), %zu classes in %zu countries, %.1f MiB\n",
              static_cast<unsigned long long>(map.prefix_count()),
              static_cast<unsigned long long>(v4), map.class_count(), countries.size(),
              static_cast<double>(map.memory_bytes()) / (1 << 20));
}

int Run(const std::vector<std::string>& paths) {
  Result<std::shared_ptr<const Atlas>> atlas = Atlas::Open(paths);
  if (!atlas) {
    std::fprintf(stderr, "geo_bench: %s\n", atlas.error().message.c_str());
    return 1;
  }
  PrintDatabases(**atlas);
  std::printf("open: median %.2f s\n", MedianSeconds([&] { atlas = Atlas::Open(paths); }));
  const Vocabulary vocabulary = TwelveRegions();
  std::shared_ptr<const ClientMap> map;
  std::printf("compile: median %.2f s\n",
              MedianSeconds([&] { map = (*atlas)->Compile(vocabulary, LatencyTable()); }));
  PrintMap(*map);
  PrintLookups(*map, "IPv4", IpFamily::kV4);
  PrintLookups(*map, "IPv6", IpFamily::kV6);
  return 0;
}

}  // namespace
}  // namespace waypost::geo

int main(int argc, char** argv) {
  return waypost::geo::Run(std::vector<std::string>(argv + 1, argv + argc));
}
