// Reading and building a zone of a million records, and asking it. Printed, not asserted.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {
namespace {

const wire::Name& Origin() {
  static const wire::Name origin = *wire::Name::Parse("example.com");
  return origin;
}

/// Half A, the rest AAAA, CNAME, MX and TXT; one record a name but for one name in four.
std::string MakeText(int64_t records) {
  std::string text = "$TTL 300\n@ SOA ns1 admin 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.53\n";
  Random random(1);
  const auto octet = [&random] { return std::to_string(random.Below(256)); };
  for (int64_t i = 0; i < records; ++i) {
    const std::string owner = "host-" + std::to_string(i % 4 == 3 ? i - 1 : i);
    switch (i % 16) {
      case 5:
        text += owner + " CNAME host-0\n";
        break;
      case 6:
        text += owner + " MX 10 host-0\n";
        break;
      case 9:
        text += owner + " TXT \"v=spf1 -all\"\n";
        break;
      case 2:
      case 8:
      case 12:
        text += owner + " AAAA 2001:db8::" + std::to_string(i % 10000) + "\n";
        break;
      default:
        text += owner + " A 10." + octet() + "." + octet() + "." + octet() + "\n";
    }
  }
  return text;
}

size_t HeapOctets() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void BM_ParseMasterText(benchmark::State& state) {
  const std::string text = MakeText(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(ParseMasterText(text, Origin(), "bench"));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ParseMasterText)->Arg(1000)->Arg(1000000)->Unit(benchmark::kMillisecond);

void BM_LoadZoneText(benchmark::State& state) {
  const std::string text = MakeText(state.range(0));
  for (auto _ : state) {
    const size_t before = HeapOctets();
    const BuiltZone built = LoadZoneText(text, Origin(), "bench");
    if (built.zone == nullptr) return state.SkipWithError(built.problems[0].ToString().c_str());
    state.counters["MiB"] = static_cast<double>(HeapOctets() - before) / (1 << 20);
    state.counters["names"] = static_cast<double>(built.zone->name_count());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_LoadZoneText)->Arg(1000)->Arg(1000000)->Unit(benchmark::kMillisecond);

std::vector<std::string> MakeQuestions(int64_t records, const std::string& below) {
  std::vector<std::string> questions;
  Random random(2);
  for (int i = 0; i < 65536; ++i) {
    const auto number = static_cast<int64_t>(random.Below(static_cast<uint64_t>(records)));
    const std::string name = "host-" + std::to_string(number / 4 * 4) + below + ".example.com";
    questions.emplace_back(wire::Name::Parse(name)->wire());
  }
  return questions;
}

void Ask(benchmark::State& state, const std::string& below) {
  const std::string text = MakeText(state.range(0));
  const auto zone = LoadZoneText(text, Origin(), "bench").zone;
  const std::vector<std::string> questions = MakeQuestions(state.range(0), below);
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(zone->Find(AsView(questions[next++ % questions.size()])));
  }
}

void BM_FindExistingName(benchmark::State& state) { Ask(state, ""); }
BENCHMARK(BM_FindExistingName)->Arg(1000)->Arg(1000000);

void BM_FindAbsentName(benchmark::State& state) { Ask(state, "x"); }
BENCHMARK(BM_FindAbsentName)->Arg(1000)->Arg(1000000);

}  // namespace
}  // namespace waypost::zone
