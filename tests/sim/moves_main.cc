// sim_moves [--seed N] [--runs M]: runs M simulated automations from seed N on; stops at the first
// that breaks a bound, and says how to see it again.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>

#include "tests/sim/moves.h"

int main(int argc, char** argv) {
  uint64_t first = 1;
  uint64_t runs = 1000;
  CLI::App app("Simulates automations, and stops at the first that breaks a bound");
  app.add_option("--seed", first, "the first (default 1)");
  app.add_option("--runs", runs, "how many (default 1000)");
  CLI11_PARSE(app, argc, argv);
  for (uint64_t seed = first; seed < first + runs; ++seed) {
    waypost::sim::Moves moves(seed);
    if (const auto wrong = moves.Run()) {
      fmt::print(stderr, "{}\nagain: sim_moves --seed {} --runs 1\n", *wrong, seed);
      return 1;
    }
  }
  fmt::print("{} runs from seed {}: every bound held\n", runs, first);
  return 0;
}
