// sim_liveness [--seed N] [--runs M]: runs M simulated fleets from seed N on; stops at the first
// that breaks a promise, and says how to see it again.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>

#include "tests/sim/simulation.h"

int main(int argc, char** argv) {
  uint64_t first = 1;
  uint64_t runs = 1000;
  CLI::App app("Simulates fleets, and stops at the first that breaks a promise");
  app.add_option("--seed", first, "the first (default 1)");
  app.add_option("--runs", runs, "how many (default 1000)");
  CLI11_PARSE(app, argc, argv);
  for (uint64_t seed = first; seed < first + runs; ++seed) {
    waypost::sim::Simulation simulation(waypost::sim::DrawScenario(seed),
                                        waypost::sim::MakeProduction);
    if (const auto wrong = simulation.Run()) {
      fmt::print(stderr, "{}\nagain: sim_liveness --seed {} --runs 1\n", *wrong, seed);
      return 1;
    }
    if ((seed - first + 1) % 100 == 0) fmt::print("{} runs\n", seed - first + 1);
  }
  fmt::print("{} runs from seed {}: every promise was kept\n", runs, first);
  return 0;
}
