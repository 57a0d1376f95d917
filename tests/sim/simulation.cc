#include "tests/sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace waypost::sim {

using liveness::Board;
using liveness::Doubt;
using liveness::Standing;

Simulation::Simulation(const Scenario& scenario, MakeSubject make_subject)
    : scenario_(scenario), make_subject_(std::move(make_subject)), random_(scenario.seed + 1) {
  MakeLayout();
  world_.resize(layout_.endpoints.size());
  for (Truth& truth : world_) truth = {random_.Below(4) != 0, now_};
  for (size_t i = 0; i < scenario_.vantages.size(); ++i) {
    stations_.push_back(
        {Vantage(fmt::format("v{}", i), scenario_.vantages[i], world_.size(), scenario_),
         {},
         fmt::format("r{}", i % scenario_.regions)});
    stations_.back().vantage.Start(now_, random_);
  }
}

void Simulation::MakeLayout() {
  for (uint32_t pool = 0; pool < scenario_.pools.size(); ++pool) {
    const uint16_t size = scenario_.pools[pool];
    const auto v6 = static_cast<uint16_t>(size / 2);
    shape_.pools.push_back({shape_.endpoints, static_cast<uint16_t>(size - v6), v6});
    shape_.endpoints += size;
    layout_.pools.push_back({fmt::format("p{}", pool), 100});
    for (uint16_t i = 0; i < size; ++i) {
      liveness::EndpointSpec spec;
      spec.id = fmt::format("p{}/{}", pool, i);
      spec.rule = scenario_.rule;
      layout_.endpoints.push_back(spec);
    }
    layout_.holds.push_back(
        {fmt::format("delayed/p{}", pool), pool, false, std::chrono::seconds(8)});
    layout_.holds.push_back({fmt::format("manual/p{}", pool), pool, true, std::chrono::seconds(0)});
  }
  shape_.holds = static_cast<uint32_t>(layout_.holds.size());
}

Simulation::Wrong Simulation::Run() {
  const Steady end = now_ + scenario_.length;
  StartDirector({});
  while (now_ < end) {
    now_ += kStep;
    if (auto wrong = Step()) {
      const auto at = std::chrono::duration_cast<milliseconds>(now_ - (end - scenario_.length));
      return fmt::format("after {} ms: {} [{}]", at.count(), *wrong, scenario_.ToString());
    }
  }
  return std::nullopt;
}

Simulation::Wrong Simulation::Step() {
  StepWorld();
  if (auto wrong = StepDirector()) return wrong;
  for (Station& station : stations_) {
    if (auto wrong = StepStation(station)) return wrong;
  }
  if (auto wrong = oracle_->CheckBoard(director_->verdicts, *board_, now_)) return wrong;
  return CheckBounds();
}

void Simulation::StepWorld() {
  for (Truth& truth : world_) {
    if (Happens(random_, scenario_.faults.endpoint_flip)) truth = {!truth.up, now_};
  }
}

// The director.

void Simulation::StartDirector(liveness::Memory memory) {
  director_ = make_subject_();
  oracle_ = std::make_unique<Oracle>(scenario_, figures_);
  oracle_->Restore(memory, now_);
  director_->verdicts.Restore(std::move(memory));
  director_since_ = now_;
  board_.reset();
  Configure();
}

void Simulation::Configure() {
  auto board = std::make_shared<Board>(shape_);
  if (board_) board->RaiseEpoch(board_->epoch());
  board_ = std::move(board);
  director_->Configure(layout_, board_, now_);
  oracle_->Configure(layout_, *board_);
}

Simulation::Wrong Simulation::StepDirector() {
  director_->Tick(now_);
  if (auto wrong = Check()) return wrong;
  if (Happens(random_, milliseconds(1000))) saved_ = director_->verdicts.Remember();
  if (Happens(random_, scenario_.faults.release)) {
    const auto held = director_->verdicts.Held();
    oracle_->Release(held);
    director_->verdicts.Release(held);
    if (auto wrong = Check()) return wrong;
  }
  if (Happens(random_, scenario_.faults.reconfiguration)) return Reconfigure();
  if (Happens(random_, scenario_.faults.director_restart)) return RestartDirector();
  return std::nullopt;
}

Simulation::Wrong Simulation::RestartDirector() {
  const bool is_clean = random_.Below(2) == 0;
  for (Station& station : stations_) {
    station.link.Break(now_ + UpTo(random_, milliseconds(1500)));
  }
  StartDirector(is_clean ? director_->verdicts.Remember() : saved_);
  return Check();
}

Simulation::Wrong Simulation::Reconfigure() {
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
  Configure();
  return Check();
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
    station.vantage.Start(now_, random_);
  }
  if (!station.link.partitioned(now_) && Happens(random_, faults.partition)) {
    station.link.Partition(now_, now_ + UpTo(random_, faults.max_partition), random_.Below(3) == 0);
  }
  if (Happens(random_, faults.blindness)) {
    station.sees_since = now_ + UpTo(random_, faults.max_blindness);
    station.vantage.Blind(station.sees_since);
  }
}

Simulation::Wrong Simulation::StepStation(Station& station) {
  StepFaults(station);
  const bool is_lost =
      station.link.connected() && (!station.alive || station.link.IsGivenUp(now_) ||
                                   Happens(random_, scenario_.faults.connection_loss));
  if (is_lost) {
    if (auto wrong = BreakLink(station)) return wrong;
  }
  if (station.alive) {
    auto seen = station.vantage.Step(world_, now_, random_);
    if (station.link.MayConnect(now_)) {
      if (auto wrong = Connect(station)) return wrong;
    } else if (station.link.connected()) {
      const bool is_due = now_ - station.link.last_sent() >= std::chrono::seconds(1);
      if (!seen.empty() || is_due) Send(station, false, std::move(seen));
    }
  }
  while (const auto report = station.link.Receive(now_)) {
    if (auto wrong = Deliver(station, *report)) return wrong;
  }
  return std::nullopt;
}

Simulation::Wrong Simulation::BreakLink(Station& station) {
  const bool is_heard = !station.link.one_way(now_);
  station.link.Break(now_ + UpTo(random_, milliseconds(1500)));
  if (is_heard) director_->verdicts.Disconnect(station.vantage.name(), now_);
  return Check();
}

Simulation::Wrong Simulation::Connect(Station& station) {
  station.link.Connect(now_);
  oracle_->Hear(station.vantage.name(), now_);
  oracle_->Place(station.vantage.name(), station.region);
  director_->verdicts.Introduce(station.vantage.name(), {station.region, 0}, now_);
  Send(station, true, station.vantage.Table(random_));
  return Check();
}

void Simulation::Send(Station& station, bool full, std::vector<Observation> observations) {
  for (Observation& seen : observations) {
    seen.observed = now_ - station.vantage.Age(seen.observed, now_);
  }
  const bool doubts = station.vantage.Judge(now_).cause != detect::Doubt::Cause::kNone;
  const Report report{full, now_, doubts, std::move(observations)};
  station.link.Send(report, UpTo(random_, scenario_.faults.max_delay));
  if (full || !Happens(random_, scenario_.faults.duplicate)) return;
  station.link.SendAgain(report, UpTo(random_, milliseconds(2000)));
}

Simulation::Wrong Simulation::Deliver(Station& station, const Report& report) {
  const std::string& name = station.vantage.name();
  oracle_->Hear(name, now_);
  director_->verdicts.Heartbeat(name, now_);
  oracle_->Doubts(name, report.doubts);
  director_->verdicts.Doubts(
      name, {report.doubts ? Doubt::Cause::kReferences : Doubt::Cause::kNone, "blind"}, now_);
  if (auto wrong = Check()) return wrong;
  if (report.full) {
    oracle_->Forget(name);
    director_->verdicts.Forget(name);
  }
  for (const Observation& seen : report.observations) {
    liveness::Evidence evidence;
    evidence.opinion = seen.opinion;
    // Ages are as of sending, so what took long on the way looks younger than it is.
    evidence.observed = now_ - (report.sent - seen.observed);
    evidence.sequence = seen.sequence;
    evidence.contrary = seen.contrary;
    const std::string& endpoint = layout_.endpoints[seen.endpoint].id;
    oracle_->Observe(name, endpoint, evidence);
    director_->Observe(name, endpoint, evidence, now_);
    if (auto wrong = Check()) return wrong;
  }
  return std::nullopt;
}

// The checks.

Simulation::Wrong Simulation::Check() {
  return oracle_->CheckCall(director_->verdicts, *board_, now_);
}

milliseconds Simulation::Bound() const {
  const liveness::VoteRule& rule = scenario_.rule;
  const milliseconds probe = scenario_.timeout + 2 * kStep;
  const milliseconds interval = rule.interval * 11 / 10 + probe;
  const milliseconds fall = interval + rule.fall * (rule.interval / 10 + probe);
  const milliseconds rise = (rule.rise + 1) * interval;
  return std::max(fall, rise) + scenario_.faults.max_delay + rule.staleness + 2 * kStep;
}

bool Simulation::IsSound(const Station& station) const {
  return station.vantage.honest() && station.alive && station.link.connected() &&
         now_ - station.link.sound_since() > Bound() && now_ - station.sees_since > Bound();
}

/// Whether the director has had all it needs to know the truth. With other quorums than a majority
/// a liar may have his way, so there all must be honest.
bool Simulation::MustKnow() const {
  const auto sound = static_cast<size_t>(
      std::count_if(stations_.begin(), stations_.end(),
                    [this](const Station& station) { return IsSound(station); }));
  if (now_ - director_since_ <= Bound()) return false;
  const liveness::VoteRule& rule = scenario_.rule;
  const size_t voters =
      rule.by_region ? std::min<size_t>(scenario_.regions, stations_.size()) : stations_.size();
  if (rule.quorum == liveness::Quorum::kCount && rule.count > voters) return false;
  if (rule.by_region || rule.quorum != liveness::Quorum::kMajority) {
    return sound == stations_.size();
  }
  return 2 * sound > stations_.size();
}

Simulation::Wrong Simulation::CheckBounds() {
  if (!MustKnow()) return std::nullopt;
  for (uint32_t i = 0; i < world_.size(); ++i) {
    const liveness::EndpointSpec& spec = layout_.endpoints[i];
    if (spec.drained || spec.forced != liveness::Forced::kNo) continue;
    if (now_ - world_[i].since <= Bound()) continue;
    ++figures_.bounds;
    const Standing truth = world_[i].up ? Standing::kUp : Standing::kDown;
    if (board_->endpoint(i).standing == truth) continue;
    return fmt::format("{} has been {} for longer than {} ms, the board does not say so: {}",
                       spec.id, world_[i].up ? "up" : "down", Bound().count(),
                       director_->verdicts.Report(spec.id, now_).reason);
  }
  return std::nullopt;
}

}  // namespace waypost::sim
