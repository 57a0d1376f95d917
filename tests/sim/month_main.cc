// sim_month [--seed N] [--days D]: a simulated month (month.h), as a table.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/sim/month.h"

namespace waypost::sim {
namespace {

uint64_t Option(int argc, char** argv, const char* name, uint64_t otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return std::strtoull(argv[i + 1], nullptr, 10);
  }
  return otherwise;
}

void Print(const char* who, const Complaints& complaints) {
  fmt::print("| {} | {} | {} | {} | {:.1e} |\n", who, complaints.failovers,
             complaints.false_failovers, complaints.false_downs, complaints.dead_share());
}

int Run(uint64_t seed, uint64_t days) {
  const milliseconds length = std::chrono::hours(24 * days);
  Month month(Month::ScenarioOf(seed, length, milliseconds(1000)));
  Month calm(Month::ScenarioOf(seed, length, milliseconds(5000)));
  for (Month* each : {&month, &calm}) {
    if (const auto wrong = each->Run()) {
      fmt::print(stderr, "{}\n", *wrong);
      return 1;
    }
  }
  fmt::print("{} days from seed {}: {} regions failed, a vantage was bad {} times\n\n", days, seed,
             month.region_failures(), month.bad_times());
  fmt::print(
      "| | failovers | false ones | endpoints called down falsely | answers naming the dead |\n"
      "|---|---|---|---|---|\n");
  Print("waypost, interval 1 s", month.waypost());
  Print("waypost, interval 5 s (default)", calm.waypost());
  Print("gdnsd, interval 10 s (default)", month.gdnsd());
  Print("gdnsd, interval 2 s", month.quick_gdnsd());
  return 0;
}

}  // namespace
}  // namespace waypost::sim

int main(int argc, char** argv) {
  return waypost::sim::Run(waypost::sim::Option(argc, argv, "--seed", 1),
                           waypost::sim::Option(argc, argv, "--days", 30));
}
