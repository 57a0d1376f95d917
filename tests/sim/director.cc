#include "tests/sim/director.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace waypost::sim {

using liveness::Board;
using liveness::Doubt;

Director::Director(const Scenario& scenario, std::shared_ptr<const config::Built> built,
                   MakeSubject make_subject, Figures& figures)
    : scenario_(scenario),
      built_(std::move(built)),
      make_subject_(std::move(make_subject)),
      figures_(figures),
      answers_(built_->steering, figures) {}

Wrong Director::Start(LocalClock clock, Steady now, const liveness::Memory& saved) {
  clock_ = clock;
  steady_since_ = now;
  subject_ = make_subject_();
  oracle_ = std::make_unique<Oracle>(scenario_, figures_);
  oracle_->Restore(saved, clock_.Read(now));
  subject_->verdicts.Restore(saved);
  board_.reset();
  assigned_.clear();
  heard_.clear();
  seen_.clear();
  plan_ = {};
  std::vector<liveness::WatchTarget> targets;
  for (const liveness::EndpointSpec& spec : layout_.endpoints) {
    targets.push_back({spec.id, spec.rule.vantages, spec.rule.weights});
  }
  plan_.Configure(std::move(targets));
  return Configure(layout_, now);
}

Wrong Director::Configure(const liveness::Layout& layout, Steady now) {
  layout_ = layout;
  if (!subject_) return std::nullopt;
  auto board = std::make_shared<Board>(built_->steering->layout);
  if (board_) board->RaiseEpoch(board_->epoch());
  board_ = std::move(board);
  subject_->Configure(layout_, board_, clock_.Read(now));
  oracle_->Configure(layout_, *board_);
  return Check(now);
}

Wrong Director::Tick(Steady now) {
  subject_->Tick(clock_.Read(now));
  plan_.Tick(clock_.Read(now));
  return Check(now);
}

void Director::Leap(milliseconds time, Steady now) {
  clock_.Leap(time);
  steady_since_ = now;
}

Wrong Director::Release(Steady now) {
  const auto held = subject_->verdicts.Held();
  oracle_->Release(held);
  subject_->verdicts.Release(held);
  return Check(now);
}

Wrong Director::Open(const std::string& vantage, const std::string& region, Steady now) {
  const Steady local = clock_.Read(now);
  heard_[vantage] = seen_[vantage] = now;
  assigned_.erase(vantage);
  oracle_->Hear(vantage, local);
  oracle_->Place(vantage, region);
  subject_->verdicts.Introduce(vantage, {region, 0}, local);
  plan_.Hear(vantage, region, local);
  return Check(now);
}

Wrong Director::Close(const std::string& vantage, Steady now) {
  heard_.erase(vantage);
  subject_->verdicts.Disconnect(vantage, clock_.Read(now));
  return Check(now);
}

const Assigned& Director::AssignedTo(const std::string& vantage) {
  Assigned& assigned = assigned_[vantage];
  const liveness::WatchPlan::Share* share = plan_.Of(vantage);
  if (share == nullptr || (assigned.generation > 0 && assigned.share == *share)) return assigned;
  assigned = {++generation_, *share};
  return assigned;
}

Wrong Director::Take(const std::string& vantage, const Report& report, Steady now) {
  const Steady local = clock_.Read(now);
  const Doubt::Cause cause = report.doubts ? Doubt::Cause::kReferences : Doubt::Cause::kNone;
  heard_[vantage] = seen_[vantage] = now;
  oracle_->Hear(vantage, local);
  subject_->verdicts.Heartbeat(vantage, local);
  plan_.Hear(vantage, oracle_->RegionOf(vantage), local);
  oracle_->Doubts(vantage, report.doubts);
  subject_->verdicts.Doubts(vantage, {cause, "blind"}, local);
  plan_.Doubts(vantage, report.doubts, local);
  if (auto wrong = Check(now)) return wrong;
  if (report.generation != AssignedTo(vantage).generation) return std::nullopt;
  if (report.full) {
    oracle_->Forget(vantage);
    subject_->verdicts.Forget(vantage);
  }
  for (const Observation& seen : report.observations) {
    liveness::Evidence evidence;
    evidence.opinion = seen.opinion;
    // Ages are as of sending, so what took long on the way looks younger than it is.
    evidence.observed = local - seen.age;
    evidence.sequence = seen.sequence;
    evidence.contrary = seen.contrary;
    const std::string& endpoint = layout_.endpoints[seen.endpoint].id;
    oracle_->Observe(vantage, endpoint, evidence, local);
    subject_->Observe(vantage, endpoint, evidence, local);
    if (auto wrong = Check(now)) return wrong;
  }
  return std::nullopt;
}

Wrong Director::Check(Steady now) {
  return oracle_->CheckCall(subject_->verdicts, *board_, clock_.Read(now));
}

/// Nothing was heard of it for a grace, and the director did not stand still meanwhile.
bool Director::IsLongDead(const std::string& vantage, Steady now) const {
  const auto seen = seen_.find(vantage);
  const Steady since = std::max(seen == seen_.end() ? Steady{} : seen->second, steady_since_);
  return now - since > liveness::WatchPlan::kGrace * 11 / 10;
}

/// Where vantages are heard, somebody watches, and as many as asked for if they suffice.
Wrong Director::CheckWatchers(Steady now) const {
  if (scenario_.rule.vantages == 0) return std::nullopt;
  const auto heard =
      static_cast<size_t>(std::count_if(heard_.begin(), heard_.end(), [now](const auto& vantage) {
        return now - vantage.second < std::chrono::seconds(2);
      }));
  for (size_t i = 0; i < layout_.endpoints.size(); ++i) {
    const auto watching = plan_.WatchersOf(i);
    const size_t wanted = std::min<size_t>(scenario_.rule.vantages, heard);
    if (watching.size() < wanted) {
      return fmt::format("{} is watched by {} vantages, {} are heard", layout_.endpoints[i].id,
                         watching.size(), heard);
    }
    for (const std::string& name : watching) {
      if (!IsLongDead(name, now)) continue;
      return fmt::format("{} is left to {}, which is dead", layout_.endpoints[i].id, name);
    }
    ++figures_.watched;
  }
  return std::nullopt;
}

Wrong Director::CheckBoard(const std::vector<Truth>& world, bool must_know, milliseconds bound,
                           Steady now) {
  if (auto wrong = oracle_->CheckBoard(subject_->verdicts, *board_, clock_.Read(now))) return wrong;
  if (auto wrong = CheckWatchers(now)) return wrong;
  if (auto wrong = answers_.CheckNotEmpty(*board_)) return wrong;
  if (!must_know) return std::nullopt;
  return answers_.CheckNotDead(*board_, layout_, world, now - bound);
}

std::string Director::WhyOf(uint32_t endpoint, Steady now) const {
  return subject_->verdicts.Report(layout_.endpoints[endpoint].id, clock_.Read(now)).reason;
}

}  // namespace waypost::sim
