#include "tests/sim/vantage.h"

#include <utility>

namespace waypost::sim {

using liveness::Opinion;

Vantage::Vantage(std::string name, Character character, size_t endpoints, const Scenario& scenario)
    : name_(std::move(name)), character_(character), scenario_(scenario), probes_(endpoints) {}

void Vantage::Start(Steady now, Random& random) {
  const liveness::VoteRule& rule = scenario_.rule;
  const uint32_t drift = scenario_.faults.max_drift_per_mille;
  rate_per_mille_ = 1000 - drift + static_cast<uint32_t>(random.Below(2 * drift + 1));
  blind_until_ = {};
  next_reference_ = now;
  self_doubt_ = {};
  self_doubt_.SetReferences(1);
  for (Probe& probe : probes_) {
    probe = {};
    probe.detector = detect::Detector({rule.rise, rule.fall, rule.fall});
    probe.rhythm = detect::Rhythm({rule.interval});
    probe.next = now + UpTo(random, rule.interval / 10);
  }
}

void Vantage::Begin(Probe& probe, const Truth& truth, Steady now, Random& random) const {
  probe.running = true;
  probe.started = now;
  probe.succeeds = truth.up && now >= blind_until_;
  const bool hangs = !probe.succeeds && random.Below(2) == 0;
  probe.ends = now + (hangs ? scenario_.timeout : UpTo(random, kStep));
}

void Vantage::End(Probe& probe, Steady now, Random& random) const {
  probe.running = false;
  probe.observed = now;
  ++probe.sequence;
  probe.detector.Add(probe.succeeds, now);
  const auto pause = probe.rhythm.Next(probe.detector, now, random);
  probe.next = detect::NextStart(probe.started, now, pause * 1000 / rate_per_mille_);
}

void Vantage::StepReference(Steady now) {
  if (now < next_reference_) return;
  next_reference_ = now + kReferenceInterval;
  self_doubt_.NoteReference(1, now < blind_until_ ? detect::Opinion::kDown : detect::Opinion::kUp);
}

std::vector<Observation> Vantage::Step(const std::vector<Truth>& world, Steady now,
                                       Random& random) {
  std::vector<Observation> seen;
  StepReference(now);
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
    if (probes_[i].detector.opinion() != detect::Opinion::kNone) table.push_back(Tell(i, random));
  }
  return table;
}

Observation Vantage::Tell(size_t endpoint, Random& random) const {
  const Probe& probe = probes_[endpoint];
  bool says_up = probe.detector.opinion() == detect::Opinion::kUp;
  if (character_ == Character::kSaysUp) says_up = true;
  if (character_ == Character::kSaysDown) says_up = false;
  if (character_ == Character::kRandom) says_up = random.Below(2) == 0;
  return {endpoint, says_up ? Opinion::kUp : Opinion::kDown, probe.observed, probe.sequence,
          probe.detector.contrary()};
}

}  // namespace waypost::sim
