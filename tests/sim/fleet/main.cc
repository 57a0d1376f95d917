// sim_fleet: what a fleet of 20 directors, 10 vantages and 2,000 endpoints costs, and how fast it
// agrees about a region that is lost (fleet.h), as a table.
#include <fmt/format.h>

#include "tests/sim/fleet/fleet.h"

namespace waypost::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void Print(const char* what, const Cost& cost) {
  fmt::print("| {} | {:.1f} | {:.2f} | {:.1f} |\n", what, cost.octets_in / 1000,
             cost.octets_out / 1000, cost.cpu_ms);
}

void Measure(uint32_t watchers, milliseconds interval) {
  FleetSize size;
  size.watchers = watchers;
  size.interval = interval;
  Fleet fleet(size);
  fleet.Run(seconds(30));
  const size_t assigned = fleet.MostAssigned();
  const Cost start = fleet.TakeCost();
  fleet.Run(seconds(30));
  const Cost quiet = fleet.TakeCost();
  fleet.Set(0, false);
  const milliseconds down = fleet.RunUntil(0, false, seconds(120));
  fleet.Run(seconds(30) - std::min(down, milliseconds(29'000)));
  const Cost loss = fleet.TakeCost();
  fleet.Set(0, true);
  const milliseconds up = fleet.RunUntil(0, true, seconds(120));
  for (size_t pool = 0; pool < size.pools; pool += 2) fleet.Set(pool, false);
  fleet.TakeCost();
  fleet.Run(seconds(30));
  const Cost burning = fleet.TakeCost();
  fmt::print(
      "{} of {} vantages watch each endpoint every {} ms; at most {} are one vantage's. A region "
      "of {} endpoints is lost: every director knows it all after {} ms, and its return after {} "
      "ms.\n\n| per director and second | kB in | kB out | CPU ms |\n|---|---|---|---|\n",
      watchers == 0 ? size.vantages : watchers, size.vantages, interval.count(), assigned,
      size.endpoints_per_pool, down.count(), up.count());
  Print("the first 30 s", start);
  Print("quiet", quiet);
  Print("30 s in which a region is lost", loss);
  Print("30 s in which ten of twenty regions are", burning);
  fmt::print("\n");
}

}  // namespace
}  // namespace waypost::sim

int main() {
  waypost::sim::Measure(0, std::chrono::milliseconds(5000));
  waypost::sim::Measure(3, std::chrono::milliseconds(5000));
  waypost::sim::Measure(3, std::chrono::milliseconds(1000));
  return 0;
}
