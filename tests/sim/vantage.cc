#include "tests/sim/vantage.h"

#include <utility>

namespace waypost::sim {

using liveness::Opinion;

Vantage::Vantage(std::string name, Character character, size_t endpoints, const Scenario& scenario)
    : name_(std::move(name)), character_(character), scenario_(scenario), probes_(endpoints) {}

void Vantage::Start(Steady now, Random& random) {
  for (Probe& probe : probes_) {
    probe = {};
    probe.next = now + UpTo(random, scenario_.rule.interval / 10);
  }
}

void Vantage::Begin(Probe& probe, const Truth& truth, Steady now, Random& random) const {
  probe.running = true;
  probe.succeeds = truth.up;
  const bool hangs = !truth.up && random.Below(2) == 0;
  probe.ends = now + (hangs ? scenario_.timeout : UpTo(random, kStep));
}

void Vantage::End(Probe& probe, Steady now, Random& random) const {
  const liveness::VoteRule& rule = scenario_.rule;
  probe.running = false;
  probe.observed = now;
  ++probe.sequence;
  if (!probe.opinion) probe.opinion = probe.succeeds;
  if (probe.succeeds == *probe.opinion) {
    probe.contrary = 0;
  } else if (++probe.contrary >= (*probe.opinion ? rule.fall : rule.rise)) {
    probe.opinion = probe.succeeds;
    probe.contrary = 0;
  }
  const bool is_quick = *probe.opinion && probe.contrary > 0;
  probe.next = now + (is_quick ? rule.interval / 10
                               : rule.interval * 9 / 10 + UpTo(random, rule.interval / 5));
}

std::vector<Observation> Vantage::Step(const std::vector<Truth>& world, Steady now,
                                       Random& random) {
  std::vector<Observation> seen;
  for (size_t i = 0; i < probes_.size(); ++i) {
    Probe& probe = probes_[i];
    if (!probe.running && now >= probe.next) Begin(probe, world[i], now, random);
    if (!probe.running || now < probe.ends) continue;
    End(probe, now, random);
    seen.push_back(Tell(i, random));
  }
  return seen;
}

std::vector<Observation> Vantage::Table(Random& random) const {
  std::vector<Observation> table;
  for (size_t i = 0; i < probes_.size(); ++i) {
    if (probes_[i].opinion) table.push_back(Tell(i, random));
  }
  return table;
}

Observation Vantage::Tell(size_t endpoint, Random& random) const {
  const Probe& probe = probes_[endpoint];
  bool says_up = *probe.opinion;
  if (character_ == Character::kSaysUp) says_up = true;
  if (character_ == Character::kSaysDown) says_up = false;
  if (character_ == Character::kRandom) says_up = random.Below(2) == 0;
  return {endpoint, says_up ? Opinion::kUp : Opinion::kDown, probe.observed, probe.sequence,
          probe.contrary};
}

}  // namespace waypost::sim
