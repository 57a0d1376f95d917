#include "tests/sim/fleet/outpost.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace waypost::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kUrgent{5}, kRegular{500};  // as in healthd/report/director.h
constexpr milliseconds kRoundTrip{20};             // of a probe

bool Hangs(const IpAddress& address) { return address.low() % 2 == 0; }

probe::Outcome OutcomeOf(bool succeeds, const probe::Spec& spec) {
  probe::Outcome outcome;
  if (succeeds) {
    outcome.phases = {20'000, 0, 0, 20'000};
  } else if (Hangs(spec.address.address)) {
    outcome.failure = probe::TimedOut(v1::LAYER_CONNECT, spec.timeout);
  } else {
    outcome.failure = {v1::LAYER_CONNECT, v1::FAULT_REFUSED, "connection refused"};
  }
  return outcome;
}

}  // namespace

Outpost::Outpost(const VirtualClock& clock, std::string name, std::string region, uint64_t seed)
    : clock_(clock), random_(seed) {
  hello_.set_vantage(std::move(name));
  hello_.set_region(std::move(region));
}

void Outpost::Connect(Desk& desk) {
  Line& line = *lines_.emplace_back(std::make_unique<Line>());
  line.desk = &desk;
  line.delay = milliseconds(5 + random_.Below(100));
  const auto send = [this, &line](const std::string& octets) {
    line.to_vantage.emplace(clock_.Now() + line.delay, octets);
  };
  // A stream is a number that a director has not seen.
  desk.Open(reinterpret_cast<control::StreamId>(&line), hello_, send);
}

void Outpost::Assign(size_t director, const std::string& octets) {
  v1::DirectorMessage message;
  message.ParseFromString(octets);
  const v1::Assignment& assignment = message.assignment();
  const auto accepted = roster_.Assign(fmt::format("{}", director), assignment);
  wanted_ = roster_.wanted();
  std::erase_if(table_, [this](const auto& entry) { return !wanted_.contains(entry.first); });
  std::erase_if(tasks_, [this](const auto& entry) { return !wanted_.contains(entry.first); });
  const size_t count = wanted_.size() - tasks_.size();
  for (const auto& [watch, spec] : wanted_) {
    const Steady start = clock_.Now() + detect::FirstDelay(count, spec->interval, random_);
    if (tasks_.try_emplace(watch, *spec, start).second) due_.push({start, watch});
  }
  Line& line = *lines_[director];
  line.outbox.Reset(assignment.generation(), accepted.targets, table_);
  line.assigned = true;
  line.due = clock_.Now();
}

void Outpost::Step(const std::set<IpAddress>& dead) {
  while (!due_.empty() && due_.top().when <= clock_.Now()) {
    const Due due = due_.top();
    due_.pop();
    if (!tasks_.contains(due.watch)) continue;
    due.ends ? End(due) : Begin(due, dead);
  }
  for (size_t i = 0; i < lines_.size(); ++i) StepLine(i);
}

void Outpost::Begin(const Due& due, const std::set<IpAddress>& dead) {
  Task& task = tasks_.at(due.watch);
  task.started = due.when;
  const IpAddress& address = task.spec.address.address;
  const bool succeeds = !dead.contains(address);
  const bool hangs = !succeeds && Hangs(address);
  const microseconds lasts = hangs ? task.spec.timeout : microseconds(kRoundTrip);
  due_.push({due.when + lasts, due.watch, true, succeeds});
}

void Outpost::End(const Due& due) {
  Task& task = tasks_.at(due.watch);
  schedule::Sighting sighting;
  sighting.sequence = ++task.sequence;
  sighting.ended = due.when;
  sighting.outcome = OutcomeOf(due.succeeds, task.spec);
  sighting.opinion_changed = task.detector.Add(due.succeeds, due.when);
  sighting.opinion = task.detector.opinion();
  sighting.opinion_since = task.detector.opinion_since();
  sighting.contrary = task.detector.contrary();
  const auto pause = task.rhythm.Next(task.detector, due.when, random_);
  due_.push({detect::NextStart(task.started, due.when, pause), due.watch});
  Note(due.watch, sighting);
}

void Outpost::Note(schedule::WatchId watch, const schedule::Sighting& sighting) {
  table_.insert_or_assign(watch, sighting);
  for (const auto& line : lines_) {
    if (!line->assigned || !line->outbox.Note(watch) || !sighting.opinion_changed) continue;
    line->due = std::min(line->due, clock_.Now() + kUrgent);
  }
}

void Outpost::StepLine(size_t director) {
  Line& line = *lines_[director];
  const Steady now = clock_.Now();
  while (!line.to_vantage.empty() && line.to_vantage.front().first <= now) {
    Assign(director, line.to_vantage.front().second);
    line.to_vantage.pop();
  }
  if (line.assigned && now >= line.due) {
    const v1::Report report = line.outbox.Take(table_, now);
    line.to_director.emplace(now + line.delay, report.SerializeAsString());
    line.due = line.outbox.has_news() ? now : now + kRegular;
  }
  while (!line.to_director.empty() && line.to_director.front().first <= now) {
    line.desk->Take(reinterpret_cast<control::StreamId>(&line), line.to_director.front().second);
    line.to_director.pop();
  }
}

}  // namespace waypost::sim
