// sim_month [--seed N] [--days D]: a simulated month (month.h), as a table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>

#include "tests/sim/month.h"

namespace waypost::sim {
namespace {

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
  uint64_t seed = 1;
  uint64_t days = 30;
  CLI::App app("Simulates a month of faults, and compares what is answered with gdnsd's rules");
  app.add_option("--seed", seed, "default 1");
  app.add_option("--days", days, "how long (default 30)")->check(CLI::Range(1, 366));
  CLI11_PARSE(app, argc, argv);
  return waypost::sim::Run(seed, days);
}
