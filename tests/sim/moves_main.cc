// sim_moves [--seed N] [--runs M]: runs M simulated automations from seed N on; stops at the first
// that breaks a bound, and says how to see it again.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/sim/moves.h"

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
    waypost::sim::Moves moves(seed);
    if (const auto wrong = moves.Run()) {
      fmt::print(stderr, "{}\nagain: sim_moves --seed {} --runs 1\n", *wrong, seed);
      return 1;
    }
  }
  fmt::print("{} runs from seed {}: every bound held\n", runs, first);
  return 0;
}
