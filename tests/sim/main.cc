// sim_liveness [--seed N] [--runs M]: runs M simulated fleets from seed N on; stops at the first
// that breaks a promise, and says how to see it again.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/sim/simulation.h"

namespace {

uint64_t Option(int argc, char** argv, const char* name, uint64_t otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return std::strtoull(argv[i + 1], nullptr, 10);
  }
  return otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t first = Option(argc, argv, "--seed", 1);
  const uint64_t runs = Option(argc, argv, "--runs", 1000);
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
