#include "healthd/schedule/schedule.h"

#include <array>
#include <boost/asio/steady_timer.hpp>

#include "healthd/detect/turns.h"

namespace waypost::schedule {
namespace {

detect::Turns::Rules RulesOf(const probe::Spec& spec) {
  return {{spec.rise, spec.fall, spec.forget},
          {spec.interval, spec.backoff_after, spec.backoff_max},
          probe::MayOverlap(spec)};
}

detect::Result ResultOf(const probe::Outcome& outcome) {
  if (!outcome.conclusive) return detect::Result::kNone;
  return outcome.succeeded() ? detect::Result::kSuccess : detect::Result::kFailure;
}

}  // namespace

struct Schedule::Task {
  Task(boost::asio::io_context& io, WatchId id_, std::shared_ptr<const probe::Spec> spec_)
      : id(id_), spec(std::move(spec_)), turns(RulesOf(*spec)), timer(io) {}

  const WatchId id;
  const std::shared_ptr<const probe::Spec> spec;
  detect::Turns turns;
  boost::asio::steady_timer timer;
  std::array<probe::Prober::Stop, detect::Turns::kMost> stops;  // of what runs, by slot
  probe::Prober::Stop release;                                  // while a connection is kept
  uint64_t sequence = 0;
};

Schedule::Schedule(boost::asio::io_context& io, probe::Prober& prober, Options options,
                   Listener listener)
    : io_(io),
      prober_(prober),
      options_(options),
      listener_(std::move(listener)),
      random_(options.seed) {}

Schedule::~Schedule() { Watch({}); }

void Schedule::Watch(const WatchList& wanted) {
  std::erase_if(tasks_, [&](const auto& entry) {
    if (wanted.contains(entry.first)) return false;
    Remove(*entry.second);
    return true;
  });
  const size_t count = wanted.size() - tasks_.size();
  for (const auto& [id, spec] : wanted)
    if (!tasks_.contains(id)) Add(id, spec, count);
  std::erase_if(waiting_, [](const auto& task) { return task.expired(); });
  BeginWaiting();
}

std::vector<WatchId> Schedule::LookAnew() {
  std::vector<WatchId> anew;
  for (const auto& [id, task] : tasks_) {
    const detect::Detector& detector = task->turns.detector();
    if (detector.opinion() != detect::Opinion::kUp || detector.contrary() > 0) anew.push_back(id);
  }
  for (const WatchId id : anew) {
    const auto former = tasks_.extract(id).mapped();
    Remove(*former);
    Add(id, former->spec, anew.size());
    tasks_.at(id)->sequence = former->sequence;
  }
  std::erase_if(waiting_, [](const auto& task) { return task.expired(); });
  BeginWaiting();
  return anew;
}

void Schedule::LookNow() {
  if (!waiting_.empty()) return;
  const Steady now = std::chrono::steady_clock::now();
  for (const auto& [id, task] : tasks_)
    if (task->turns.under_way() == 0 && !task->release) StartAt(task, now);
}

Figures Schedule::figures() const {
  Figures figures = figures_;
  figures.targets = tasks_.size();
  figures.waiting = waiting_.size();
  return figures;
}

void Schedule::Remove(Task& task) {
  task.timer.cancel();
  if (task.release) {
    task.release();
    --figures_.held;
  }
  for (const probe::Prober::Stop& stop : task.stops) {
    if (!stop) continue;
    stop();
    --figures_.running;
  }
}

void Schedule::Add(WatchId id, std::shared_ptr<const probe::Spec> spec, size_t count) {
  const auto task = std::make_shared<Task>(io_, id, std::move(spec));
  tasks_.emplace(id, task);
  StartAt(task, std::chrono::steady_clock::now() +
                    detect::FirstDelay(count, task->spec->interval, random_));
}

void Schedule::StartAt(const std::shared_ptr<Task>& task, Steady when) {
  task->timer.expires_at(when);
  task->timer.async_wait([this, weak = std::weak_ptr(task)](const auto& error) {
    if (error) return;
    if (const auto due = weak.lock()) Due(due);
  });
}

void Schedule::Due(const std::shared_ptr<Task>& task) {
  const bool is_idle = task->turns.under_way() == 0;
  if (is_idle && probe::IsHeld(*task->spec) && figures_.held < options_.max_held)
    Hold(task);
  else if (is_idle && figures_.running >= options_.max_concurrent)
    waiting_.push_back(task);
  else if (is_idle || (task->turns.MayBegin(std::chrono::steady_clock::now()) && HasPlaceBeside()))
    Begin(task);
}

bool Schedule::HasPlaceBeside() const {
  return waiting_.empty() && figures_.running < options_.max_concurrent / 2;
}

void Schedule::Hold(const std::shared_ptr<Task>& task) {
  ++figures_.held;
  ++figures_.started;
  task->release =
      prober_.Hold(task->spec, [this, weak = std::weak_ptr(task)](const probe::Outcome& outcome) {
        const auto seen = weak.lock();
        if (!seen) return;
        const Steady now = std::chrono::steady_clock::now();
        const bool changed = seen->turns.Note(ResultOf(outcome), now);
        listener_(seen->id, SightingOf(*seen, outcome, changed, now));
      });
}

void Schedule::Begin(const std::shared_ptr<Task>& task) {
  if (task->turns.under_way() > 0) ++figures_.beside;
  ++figures_.running;
  ++figures_.started;
  const size_t slot = task->turns.Begin(std::chrono::steady_clock::now());
  task->stops[slot] = prober_.Start(
      task->spec, [this, slot, weak = std::weak_ptr(task)](const probe::Outcome& outcome) {
        if (const auto ended = weak.lock()) End(ended, slot, outcome);
      });
  if (const auto overdue = task->turns.OverdueAt()) StartAt(task, *overdue);
}

void Schedule::End(const std::shared_ptr<Task>& task, size_t slot, const probe::Outcome& outcome) {
  task->stops[slot] = nullptr;
  --figures_.running;
  const Steady now = std::chrono::steady_clock::now();
  const auto ended = task->turns.End(slot, ResultOf(outcome), now, random_);
  const Sighting sighting = SightingOf(*task, outcome, ended.opinion_changed, now);
  StartAt(task, ended.next);
  BeginWaiting();
  listener_(task->id, sighting);
}

Sighting Schedule::SightingOf(Task& task, const probe::Outcome& outcome, bool changed,
                              Steady ended) {
  const detect::Detector& detector = task.turns.detector();
  if (!outcome.conclusive) ++figures_.inconclusive;
  Sighting sighting;
  sighting.sequence = ++task.sequence;
  sighting.ended = ended;
  sighting.outcome = outcome;
  sighting.opinion_changed = changed;
  sighting.opinion = detector.opinion();
  sighting.opinion_since = detector.opinion_since();
  sighting.contrary = detector.contrary();
  return sighting;
}

void Schedule::BeginWaiting() {
  while (!waiting_.empty() && figures_.running < options_.max_concurrent) {
    const auto task = waiting_.front().lock();
    waiting_.pop_front();
    if (task) Begin(task);
  }
}

}  // namespace waypost::schedule
