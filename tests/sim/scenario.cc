#include "tests/sim/scenario.h"

#include <fmt/format.h>

#include <algorithm>

namespace waypost::sim {
namespace {

/// Rarely, often, or not at all.
milliseconds SometimesEvery(Random& random, milliseconds mean) {
  switch (random.Below(3)) {
    case 0:
      return milliseconds(0);
    case 1:
      return mean;
    default:
      return mean / 4;
  }
}

Faults DrawFaults(Random& random) {
  Faults faults;
  faults.connection_loss = SometimesEvery(random, milliseconds(30'000));
  faults.partition = SometimesEvery(random, milliseconds(40'000));
  faults.vantage_crash = SometimesEvery(random, milliseconds(60'000));
  faults.director_restart = SometimesEvery(random, milliseconds(60'000));
  faults.reconfiguration = SometimesEvery(random, milliseconds(30'000));
  faults.max_delay = milliseconds(random.Below(4) == 0 ? 2000 : 20);
  faults.duplicate = SometimesEvery(random, milliseconds(5'000));
  faults.blindness = SometimesEvery(random, milliseconds(60'000));
  faults.standstill = SometimesEvery(random, milliseconds(60'000));
  faults.max_drift_per_mille = static_cast<uint32_t>(random.Below(3) * 5);
  return faults;
}

std::vector<Character> DrawVantages(Random& random) {
  std::vector<Character> vantages(1 + random.Below(5), Character::kHonest);
  const uint64_t liars = random.Below(3) == 0 ? random.Below(vantages.size() + 1) : random.Below(2);
  for (uint64_t i = 0; i < liars; ++i) vantages[i] = static_cast<Character>(1 + random.Below(3));
  return vantages;
}

/// What only some worlds have: fewer watchers than vantages, damping, or a calm in which promises
/// about what everyone must know come due.
void DrawRest(Random& random, Scenario& scenario) {
  const bool shares = random.Below(4) == 0 && scenario.rule.quorum != liveness::Quorum::kCount;
  if (shares) scenario.rule.vantages = static_cast<uint32_t>(2 + random.Below(2));
  scenario.damped = random.Below(5) == 0;
  if (scenario.damped) {
    scenario.faults.endpoint_flip = milliseconds(1'500);
    scenario.rule.rise = scenario.rule.fall = 1;
  }
  if (random.Below(4) != 0) return;
  const milliseconds flips = scenario.faults.endpoint_flip;
  scenario.faults = {};
  scenario.faults.endpoint_flip = flips;
}

}  // namespace

size_t Scenario::liars() const {
  return static_cast<size_t>(
      std::count_if(vantages.begin(), vantages.end(),
                    [](Character character) { return character != Character::kHonest; }));
}

std::string Scenario::ToString() const {
  return fmt::format(
      "seed {}: {} vantages ({} liars), quorum {}, rise {}, fall {}; loses a connection every {} "
      "ms, "
      "partitions {}, crashes {}, restarts {}, reconfigurations {}, delay up to {} ms, "
      "duplicates {}, blindness {}, standstills {}, drift {} per mille; {} regions{}; {} "
      "directors, "
      "{} watch{}",
      seed, vantages.size(), liars(), static_cast<int>(rule.quorum), rule.rise, rule.fall,
      faults.connection_loss.count(), faults.partition.count(), faults.vantage_crash.count(),
      faults.director_restart.count(), faults.reconfiguration.count(), faults.max_delay.count(),
      faults.duplicate.count(), faults.blindness.count(), faults.standstill.count(),
      faults.max_drift_per_mille, regions, rule.by_region ? ", which vote" : "", directors,
      rule.vantages == 0 ? "all" : fmt::format("{}", rule.vantages), damped ? ", damped" : "");
}

Scenario DrawScenario(uint64_t seed) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.vantages = DrawVantages(random);
  const uint64_t quorum = random.Below(5);
  scenario.rule.quorum = static_cast<liveness::Quorum>(quorum < 4 ? quorum : 0);
  scenario.rule.count = static_cast<uint32_t>(1 + random.Below(3));
  scenario.regions = static_cast<uint32_t>(1 + random.Below(3));
  scenario.rule.by_region = scenario.regions > 1 && random.Below(3) == 0;
  scenario.rule.interval = milliseconds(1000);
  scenario.rule.staleness = milliseconds(3300);
  scenario.rule.rise = static_cast<uint32_t>(1 + random.Below(3));
  scenario.rule.fall = static_cast<uint32_t>(1 + random.Below(3));
  scenario.faults = DrawFaults(random);
  scenario.directors = 1 + random.Below(3);
  DrawRest(random, scenario);
  return scenario;
}

bool Happens(Random& random, milliseconds mean) {
  return mean.count() > 0 && random.Below(static_cast<uint64_t>(mean / kStep)) == 0;
}

milliseconds UpTo(Random& random, milliseconds most) {
  return milliseconds(random.Below(static_cast<uint64_t>(most.count()) + 1));
}

}  // namespace waypost::sim
