#include "tests/sim/vantage.h"

#include <utility>

namespace waypost::sim {

using liveness::Opinion;

Vantage::Vantage(std::string name, Character character, size_t endpoints, const Scenario& scenario)
    : name_(std::move(name)), character_(character), scenario_(scenario), probes_(endpoints) {}

void Vantage::Start(Steady now, Random& random) {
  clock_ = DrawClock(scenario_.faults, now, random);
  blind_until_ = {};
  next_reference_ = now;
  self_doubt_ = {};
  self_doubt_.SetReferences(1);
  for (Probe& probe : probes_) probe = {};
}

void Vantage::Watch(const std::vector<bool>& wanted, Steady now, Random& random) {
  const liveness::VoteRule& rule = scenario_.rule;
  for (size_t i = 0; i < probes_.size(); ++i) {
    Probe& probe = probes_[i];
    if (probe.watched == wanted[i]) continue;
    probe = {};
    probe.watched = wanted[i];
    probe.detector = detect::Detector({rule.rise, rule.fall, rule.fall});
    probe.rhythm = detect::Rhythm({rule.interval});
    probe.next = clock_.Read(now) + UpTo(random, rule.interval / 10);
  }
}

bool Vantage::Succeeds(size_t endpoint, const Truth& truth, Random& random) const {
  if (!truth.up || blind_ || (!cut_.empty() && cut_[endpoint])) return false;
  const uint32_t lost = scenario_.faults.lost_per_million;
  return lost == 0 || random.Below(1'000'000) >= lost;
}

void Vantage::Begin(Probe& probe, bool succeeds, Steady local, Random& random) const {
  probe.running = true;
  probe.started = local;
  probe.succeeds = succeeds;
  const bool hangs = !probe.succeeds && random.Below(2) == 0;
  probe.ends = local + (hangs ? scenario_.timeout : UpTo(random, kStep));
}

void Vantage::End(Probe& probe, Steady local, Random& random) const {
  probe.running = false;
  probe.observed = local;
  ++probe.sequence;
  probe.detector.Add(probe.succeeds, local);
  const auto pause = probe.rhythm.Next(probe.detector, local, random);
  probe.next = detect::NextStart(probe.started, local, pause);
}

void Vantage::StepReference(Steady now) {
  if (now < next_reference_) return;
  next_reference_ = now + kReferenceInterval;
  self_doubt_.NoteReference(1, blind_ ? detect::Opinion::kDown : detect::Opinion::kUp);
}

std::vector<Observation> Vantage::Step(const std::vector<Truth>& world, Steady now,
                                       Random& random) {
  std::vector<Observation> seen;
  blind_ = now < blind_until_;
  StepReference(now);
  const Steady local = clock_.Read(now);
  for (size_t i = 0; i < probes_.size(); ++i) {
    Probe& probe = probes_[i];
    if (!probe.watched) continue;
    if (!probe.running && local >= probe.next) {
      Begin(probe, Succeeds(i, world[i], random), local, random);
    }
    if (!probe.running || local < probe.ends) continue;
    End(probe, local, random);
    seen.push_back(Tell(i, local, random));
  }
  return seen;
}

std::vector<Observation> Vantage::Table(Steady now, Random& random) const {
  std::vector<Observation> table;
  for (size_t i = 0; i < probes_.size(); ++i) {
    if (probes_[i].detector.opinion() != detect::Opinion::kNone)
      table.push_back(Tell(i, clock_.Read(now), random));
  }
  return table;
}

Observation Vantage::Tell(size_t endpoint, Steady local, Random& random) const {
  const Probe& probe = probes_[endpoint];
  bool says_up = probe.detector.opinion() == detect::Opinion::kUp;
  if (character_ == Character::kSaysUp) says_up = true;
  if (character_ == Character::kSaysDown) says_up = false;
  if (character_ == Character::kRandom) says_up = random.Below(2) == 0;
  return {endpoint, says_up ? Opinion::kUp : Opinion::kDown, local - probe.observed, probe.sequence,
          probe.detector.contrary()};
}

}  // namespace waypost::sim
