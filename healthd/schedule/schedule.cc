#include "healthd/schedule/schedule.h"

#include <boost/asio/steady_timer.hpp>

#include "healthd/detect/rhythm.h"

namespace waypost::schedule {

struct Schedule::Task {
  Task(boost::asio::io_context& io, WatchId id_, std::shared_ptr<const probe::Spec> spec_)
      : id(id_),
        spec(std::move(spec_)),
        detector({spec->rise, spec->fall, spec->forget}),
        rhythm({spec->interval, spec->backoff_after, spec->backoff_max}),
        timer(io) {}

  const WatchId id;
  const std::shared_ptr<const probe::Spec> spec;
  detect::Detector detector;
  detect::Rhythm rhythm;
  boost::asio::steady_timer timer;
  probe::Prober::Stop stop;  // while a probe runs
  bool held = false;
  Steady started;
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

Figures Schedule::figures() const {
  Figures figures = figures_;
  figures.targets = tasks_.size();
  figures.waiting = waiting_.size();
  return figures;
}

void Schedule::Remove(Task& task) {
  task.timer.cancel();
  if (!task.stop) return;
  task.stop();
  --(task.held ? figures_.held : figures_.running);
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
  if (probe::IsHeld(*task->spec) && figures_.held < options_.max_held)
    Hold(task);
  else if (figures_.running < options_.max_concurrent)
    Begin(task);
  else
    waiting_.push_back(task);
}

void Schedule::Hold(const std::shared_ptr<Task>& task) {
  ++figures_.held;
  ++figures_.started;
  task->held = true;
  task->stop =
      prober_.Hold(task->spec, [this, weak = std::weak_ptr(task)](const probe::Outcome& outcome) {
        const auto seen = weak.lock();
        if (seen) listener_(seen->id, Note(*seen, outcome, std::chrono::steady_clock::now()));
      });
}

void Schedule::Begin(const std::shared_ptr<Task>& task) {
  ++figures_.running;
  ++figures_.started;
  task->started = std::chrono::steady_clock::now();
  task->stop =
      prober_.Start(task->spec, [this, weak = std::weak_ptr(task)](const probe::Outcome& outcome) {
        if (const auto ended = weak.lock()) End(ended, outcome);
      });
}

void Schedule::End(const std::shared_ptr<Task>& task, const probe::Outcome& outcome) {
  task->stop = nullptr;
  --figures_.running;
  const Steady ended = std::chrono::steady_clock::now();
  const Sighting sighting = Note(*task, outcome, ended);
  const auto delay = outcome.conclusive ? task->rhythm.Next(task->detector, ended, random_)
                                        : detect::RegularDelay(task->spec->interval, random_);
  StartAt(task, detect::NextStart(task->started, ended, delay));
  BeginWaiting();
  listener_(task->id, sighting);
}

Sighting Schedule::Note(Task& task, const probe::Outcome& outcome, Steady ended) {
  Sighting sighting;
  sighting.sequence = ++task.sequence;
  sighting.ended = ended;
  sighting.outcome = outcome;
  if (outcome.conclusive)
    sighting.opinion_changed = task.detector.Add(outcome.succeeded(), ended);
  else
    ++figures_.inconclusive;
  sighting.opinion = task.detector.opinion();
  sighting.opinion_since = task.detector.opinion_since();
  sighting.contrary = task.detector.contrary();
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
