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
  doubted_ = false;
  self_doubt_ = {};
  self_doubt_.SetReferences(1);
  for (Probe& probe : probes_) probe = {};
}

void Vantage::Watch(const std::vector<bool>& wanted, Steady now, Random& random) {
  for (size_t i = 0; i < probes_.size(); ++i) {
    if (probes_[i].watched == wanted[i]) continue;
    probes_[i] = wanted[i] ? NewProbe(clock_.Read(now), random) : Probe();
  }
}

bool Vantage::Succeeds(size_t endpoint, const Truth& truth, Random& random) const {
  if (!truth.up || blind_ || (!cut_.empty() && cut_[endpoint])) return false;
  const uint32_t lost = scenario_.faults.lost_per_million;
  return lost == 0 || random.Below(1'000'000) >= lost;
}

void Vantage::Begin(Probe& probe, bool succeeds, Steady local, Random& random) const {
  const bool hangs = !succeeds && random.Below(2) == 0;
  const Steady ends = local + (hangs ? scenario_.timeout : UpTo(random, kStep));
  probe.attempts[probe.turns.Begin(local)] = {true, succeeds, ends};
  if (const auto overdue = probe.turns.OverdueAt()) probe.next = *overdue;
}

void Vantage::End(Probe& probe, size_t slot, Steady local, Random& random) const {
  Attempt& attempt = probe.attempts[slot];
  attempt.running = false;
  probe.observed = local;
  ++probe.sequence;
  const auto result = attempt.succeeds ? detect::Result::kSuccess : detect::Result::kFailure;
  probe.next = probe.turns.End(slot, result, local, random).next;
}

/// Where it may not begin, the end of what is under way makes it due again.
void Vantage::BeginDue(size_t endpoint, const Truth& truth, Steady local, Random& random) {
  Probe& probe = probes_[endpoint];
  if (local < probe.next) return;
  probe.next = Steady::max();
  if (probe.turns.MayBegin(local)) Begin(probe, Succeeds(endpoint, truth, random), local, random);
}

/// As schedule::Schedule does, when it trusts itself again.
void Vantage::LookAnew(Steady local, Random& random) {
  for (Probe& probe : probes_) {
    const detect::Detector& detector = probe.turns.detector();
    const bool is_up = detector.opinion() == detect::Opinion::kUp && detector.contrary() == 0;
    if (!probe.watched || is_up) continue;
    Probe anew = NewProbe(local, random);
    anew.sequence = probe.sequence;
    probe = anew;
  }
}

Vantage::Probe Vantage::NewProbe(Steady local, Random& random) const {
  const liveness::VoteRule& rule = scenario_.rule;
  Probe probe;
  probe.watched = true;
  probe.turns = detect::Turns({{rule.rise, rule.fall, rule.fall}, {rule.interval}});
  probe.next = local + UpTo(random, rule.interval / 10);
  return probe;
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
  const bool doubts = Judge(now).cause != detect::Doubt::Cause::kNone;
  if (std::exchange(doubted_, doubts) && !doubts) LookAnew(local, random);
  for (size_t i = 0; i < probes_.size(); ++i) {
    Probe& probe = probes_[i];
    if (!probe.watched) continue;
    BeginDue(i, world[i], local, random);
    for (size_t slot = 0; slot < probe.attempts.size(); ++slot) {
      if (!probe.attempts[slot].running || local < probe.attempts[slot].ends) continue;
      End(probe, slot, local, random);
      seen.push_back(Tell(i, local, random));
    }
  }
  return seen;
}

std::vector<Observation> Vantage::Table(Steady now, Random& random) const {
  std::vector<Observation> table;
  for (size_t i = 0; i < probes_.size(); ++i) {
    if (probes_[i].turns.detector().opinion() != detect::Opinion::kNone)
      table.push_back(Tell(i, clock_.Read(now), random));
  }
  return table;
}

Observation Vantage::Tell(size_t endpoint, Steady local, Random& random) const {
  const Probe& probe = probes_[endpoint];
  const detect::Detector& detector = probe.turns.detector();
  bool says_up = detector.opinion() == detect::Opinion::kUp;
  if (character_ == Character::kSaysUp) says_up = true;
  if (character_ == Character::kSaysDown) says_up = false;
  if (character_ == Character::kRandom) says_up = random.Below(2) == 0;
  return {endpoint, says_up ? Opinion::kUp : Opinion::kDown, local - probe.observed, probe.sequence,
          detector.contrary()};
}

}  // namespace waypost::sim
