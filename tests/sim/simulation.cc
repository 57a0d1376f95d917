#include "tests/sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/sim/declared.h"

namespace waypost::sim {

Simulation::Simulation(const Scenario& scenario, const MakeSubject& make_subject)
    : scenario_(scenario),
      random_(scenario.seed + 1),
      built_(Build(DeclaredIn(scenario_))),
      layout_(config::LayoutFor(*built_, {})) {
  world_.resize(layout_.endpoints.size());
  for (Truth& truth : world_) truth = {random_.Below(4) != 0, now_};
  for (size_t i = 0; i < scenario_.directors; ++i) {
    hosts_.push_back({std::make_unique<Director>(scenario_, built_, make_subject, figures_), {}});
  }
  for (size_t i = 0; i < scenario_.vantages.size(); ++i) {
    stations_.push_back(
        {Vantage(fmt::format("v{}", i), scenario_.vantages[i], world_.size(), scenario_),
         fmt::format("r{}", i % scenario_.regions), std::vector<Line>(hosts_.size())});
    stations_.back().vantage.Start(now_, random_);
  }
}

Wrong Simulation::Run() {
  const Steady end = now_ + scenario_.length;
  Wrong wrong = Start();
  while (!wrong && now_ < end) {
    now_ += kStep;
    wrong = Step();
  }
  if (!wrong) return std::nullopt;
  const auto at = std::chrono::duration_cast<milliseconds>(now_ - (end - scenario_.length));
  return fmt::format("after {} ms: {} [{}]", at.count(), *wrong, scenario_.ToString());
}

Wrong Simulation::Start() {
  for (Host& host : hosts_) {
    host.director->Configure(layout_, now_);
    const LocalClock clock = DrawClock(scenario_.faults, now_, random_);
    if (auto wrong = host.director->Start(clock, now_, {})) return wrong;
  }
  return std::nullopt;
}

Wrong Simulation::Step() {
  StepWorld();
  for (size_t i = 0; i < hosts_.size(); ++i) {
    if (auto wrong = StepDirector(i)) return wrong;
  }
  if (Happens(random_, scenario_.faults.reconfiguration)) {
    if (auto wrong = Reconfigure()) return wrong;
  }
  for (Station& station : stations_) {
    if (auto wrong = StepStation(station)) return wrong;
  }
  Observe();
  if (now_.time_since_epoch() % scenario_.check_every >= kStep) return std::nullopt;
  return CheckAll();
}

void Simulation::StepWorld() {
  for (size_t i = 0; i < world_.size(); ++i) {
    if (Happens(random_, scenario_.faults.endpoint_flip)) SetTruth(i, !world_[i].up);
  }
}

void Simulation::SetTruth(size_t endpoint, bool up) {
  if (world_[endpoint].up != up) world_[endpoint] = {up, now_};
}

// The directors.

Wrong Simulation::StepDirector(size_t index) {
  Host& host = hosts_[index];
  if (Happens(random_, scenario_.faults.standstill)) {
    host.director->Leap(UpTo(random_, scenario_.faults.max_standstill), now_);
  }
  if (auto wrong = host.director->Tick(now_)) return wrong;
  if (Happens(random_, milliseconds(1000))) host.saved = host.director->Remember();
  if (Happens(random_, scenario_.faults.release)) {
    if (auto wrong = host.director->Release(now_)) return wrong;
  }
  if (Happens(random_, scenario_.faults.director_restart)) return Restart(index);
  return std::nullopt;
}

Wrong Simulation::Restart(size_t index) {
  Host& host = hosts_[index];
  const bool is_clean = random_.Below(2) == 0;
  for (Station& station : stations_) {
    station.lines[index].link.Break(now_ + UpTo(random_, milliseconds(1500)));
  }
  const LocalClock clock = DrawClock(scenario_.faults, now_, random_);
  return host.director->Start(clock, now_, is_clean ? host.director->Remember() : host.saved);
}

Wrong Simulation::Reconfigure() {
  liveness::EndpointSpec& spec = layout_.endpoints[random_.Below(layout_.endpoints.size())];
  switch (random_.Below(4)) {
    case 0:
      spec.drained = !spec.drained;
      break;
    case 1:
      spec.forced = static_cast<liveness::Forced>(random_.Below(3));
      break;
    case 2:
      spec.weight = static_cast<uint16_t>(random_.Below(3) * 50);
      break;
    default:
      layout_.pools[random_.Below(layout_.pools.size())].weight =
          static_cast<uint16_t>(random_.Below(200));
  }
  for (Host& host : hosts_) {
    if (auto wrong = host.director->Configure(layout_, now_)) return wrong;
  }
  return std::nullopt;
}

// The vantages and their links.

void Simulation::StepFaults(Station& station) {
  const Faults& faults = scenario_.faults;
  if (Happens(random_, faults.vantage_crash)) {
    station.alive = false;
    station.restarts_at = now_ + UpTo(random_, faults.max_crash);
  }
  if (!station.alive && now_ >= station.restarts_at) {
    station.alive = true;
    station.sound_since = std::max(station.sound_since, now_);
    station.vantage.Start(now_, random_);
    for (Line& line : station.lines) line.told = {};
  }
  if (Happens(random_, faults.blindness)) {
    station.sound_since = now_ + UpTo(random_, faults.max_blindness);
    station.vantage.Blind(station.sound_since);
  }
  if (Happens(random_, faults.standstill)) {
    station.sound_since = std::max(station.sound_since, now_);
    station.vantage.Leap(UpTo(random_, faults.max_standstill));
  }
  for (Line& line : station.lines) {
    if (line.link.partitioned(now_) || !Happens(random_, faults.partition)) continue;
    const bool one_way = random_.Below(3) == 0;
    line.link.Partition(now_, now_ + UpTo(random_, faults.max_partition), one_way);
  }
}

/// What any director wants.
void Simulation::UpdateWatch(Station& station) {
  std::vector<bool> wanted(world_.size());
  for (const Line& line : station.lines) {
    for (size_t i = 0; i < line.told.share.size(); ++i) wanted[i] = wanted[i] || line.told.share[i];
  }
  station.vantage.Watch(wanted, now_, random_);
}

Wrong Simulation::StepStation(Station& station) {
  StepFaults(station);
  std::vector<Observation> seen;
  if (station.alive) {
    UpdateWatch(station);
    seen = station.vantage.Step(world_, now_, random_);
  }
  for (size_t i = 0; i < hosts_.size(); ++i) {
    if (auto wrong = StepLine(station, i, seen)) return wrong;
  }
  return std::nullopt;
}

Wrong Simulation::StepLine(Station& station, size_t index, const std::vector<Observation>& seen) {
  Line& line = station.lines[index];
  const bool is_lost =
      line.link.connected() && (!station.alive || line.link.IsGivenUp(now_) ||
                                Happens(random_, scenario_.faults.connection_loss));
  if (is_lost) {
    if (auto wrong = Break(station, index)) return wrong;
  }
  if (station.alive && line.link.MayConnect(now_)) {
    if (auto wrong = Connect(station, index)) return wrong;
  } else if (station.alive && line.link.connected()) {
    TakeAssignment(station, index);
    const bool is_due = now_ - line.link.last_sent() >= std::chrono::seconds(1);
    if (line.full_due) {
      Send(station, line, true, station.vantage.Table(now_, random_));
    } else if (!seen.empty() || is_due) {
      Send(station, line, false, seen);
    }
  }
  while (const auto report = line.link.Receive(now_)) {
    if (auto wrong = hosts_[index].director->Take(station.vantage.name(), *report, now_)) {
      return wrong;
    }
  }
  return std::nullopt;
}

Wrong Simulation::Break(Station& station, size_t index) {
  Link& link = station.lines[index].link;
  const bool is_heard = !link.one_way(now_);
  link.Break(now_ + UpTo(random_, milliseconds(1500)));
  if (!is_heard) return std::nullopt;
  return hosts_[index].director->Close(station.vantage.name(), now_);
}

Wrong Simulation::Connect(Station& station, size_t index) {
  Line& line = station.lines[index];
  line.link.Connect(now_);
  Wrong wrong = hosts_[index].director->Open(station.vantage.name(), station.region, now_);
  TakeAssignment(station, index);
  return wrong;
}

/// What the director assigns anew arrives unless the network is partitioned.
void Simulation::TakeAssignment(Station& station, size_t index) {
  Line& line = station.lines[index];
  if (line.link.partitioned(now_)) return;
  const Assigned& assigned = hosts_[index].director->AssignedTo(station.vantage.name());
  if (assigned.generation == line.told.generation) return;
  line.told = assigned;
  line.full_due = true;
}

void Simulation::Send(Station& station, Line& line, bool full,
                      std::vector<Observation> observations) {
  std::erase_if(observations, [&line](const Observation& seen) {
    return seen.endpoint >= line.told.share.size() || !line.told.share[seen.endpoint];
  });
  line.full_due = false;
  const bool doubts = station.vantage.Judge(now_).cause != detect::Doubt::Cause::kNone;
  const Report report{full, line.told.generation, now_, doubts, std::move(observations)};
  line.link.Send(report, UpTo(random_, scenario_.faults.max_delay));
  if (full || !Happens(random_, scenario_.faults.duplicate)) return;
  line.link.SendAgain(report, UpTo(random_, milliseconds(2000)));
}

// The checks.

Wrong Simulation::CheckAll() {
  for (size_t i = 0; i < hosts_.size(); ++i) {
    const bool must_know = MustKnow(i);
    if (auto wrong = hosts_[i].director->CheckBoard(world_, must_know, Bound(), now_)) return wrong;
    if (!must_know) continue;
    if (auto wrong = CheckTruth(i)) return wrong;
  }
  return CheckAgreement();
}

milliseconds Simulation::Bound() const {
  const liveness::VoteRule& rule = scenario_.rule;
  const milliseconds probe = scenario_.timeout + 2 * kStep;
  const milliseconds interval = rule.interval * 11 / 10 + probe;
  const milliseconds fall = interval + rule.fall * (rule.interval / 10 + probe);
  const milliseconds rise = (rule.rise + 1) * interval;
  // Where few watch, one that died is replaced after a grace.
  const milliseconds replaced =
      rule.vantages > 0 ? 2 * liveness::WatchPlan::kGrace : milliseconds(0);
  const milliseconds sum =
      std::max(fall, rise) + scenario_.faults.max_delay + rule.staleness + replaced + 2 * kStep;
  return sum + sum * scenario_.faults.max_drift_per_mille * 2 / 1000;
}

bool Simulation::IsSound(const Station& station, size_t index) const {
  const Link& link = station.lines[index].link;
  return station.vantage.honest() && station.alive && link.connected() &&
         now_ - link.sound_since() > Bound() && now_ - station.sound_since > Bound();
}

/// Whether the director has had all it needs to know the truth. With other quorums than a majority
/// a liar may have his way, and of few watchers he may be the half, so there all must be honest.
bool Simulation::MustKnow(size_t index) const {
  const auto sound = static_cast<size_t>(
      std::count_if(stations_.begin(), stations_.end(),
                    [&](const Station& station) { return IsSound(station, index); }));
  if (scenario_.noisy || now_ - hosts_[index].director->steady_since() <= Bound()) return false;
  const liveness::VoteRule& rule = scenario_.rule;
  const size_t voters =
      rule.by_region ? std::min<size_t>(scenario_.regions, stations_.size()) : stations_.size();
  if (rule.quorum == liveness::Quorum::kCount && rule.count > voters) return false;
  if (rule.by_region || rule.vantages > 0 || rule.quorum != liveness::Quorum::kMajority) {
    return sound == stations_.size();
  }
  return 2 * sound > stations_.size();
}

Wrong Simulation::CheckTruth(size_t index) {
  const Director& director = *hosts_[index].director;
  for (uint32_t i = 0; i < world_.size(); ++i) {
    const liveness::EndpointSpec& spec = layout_.endpoints[i];
    if (spec.drained || spec.forced != liveness::Forced::kNo) continue;
    if (now_ - world_[i].since <= Bound()) continue;
    if (scenario_.damped && world_[i].up) continue;
    ++figures_.bounds;
    using liveness::Standing;
    if (director.standing(i) == (world_[i].up ? Standing::kUp : Standing::kDown)) continue;
    return fmt::format("{} has been {} for longer than {} ms, the board does not say so: {}",
                       spec.id, world_[i].up ? "up" : "down", Bound().count(),
                       director.WhyOf(i, now_));
  }
  return std::nullopt;
}

/// Nothing has been amiss for longer than the bound. What vantages say by chance they say
/// differently to each director.
bool Simulation::IsWhole() const {
  for (const Host& host : hosts_) {
    if (now_ - host.director->steady_since() <= Bound()) return false;
  }
  for (const Station& station : stations_) {
    if (station.vantage.character() == Character::kRandom) return false;
    if (!station.alive || now_ - station.sound_since <= Bound()) return false;
    for (const Line& line : station.lines) {
      if (!line.link.connected() || now_ - line.link.sound_since() <= Bound()) return false;
    }
  }
  return true;
}

Wrong Simulation::CheckAgreement() {
  if (scenario_.damped || scenario_.noisy || hosts_.size() < 2 || !IsWhole()) return std::nullopt;
  const Director& first = *hosts_.front().director;
  for (uint32_t i = 0; i < world_.size(); ++i) {
    const auto outcome = first.Outcome(i, now_);
    if (!outcome || now_ - world_[i].since <= Bound()) continue;
    for (const Host& host : hosts_) {
      if (host.director->Outcome(i, now_) != outcome) continue;
      ++figures_.agreements;
      if (host.director->standing(i) == first.standing(i)) continue;
      return fmt::format("directors disagree about {}: {} and {}", layout_.endpoints[i].id,
                         first.WhyOf(i, now_), host.director->WhyOf(i, now_));
    }
  }
  return std::nullopt;
}

}  // namespace waypost::sim
