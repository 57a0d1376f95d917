#include "dnsd/control/serial_executor.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "dnsd/base/thread_name.h"

namespace waypost::control {

namespace {

/// About a tenth of the share of a thread that is not patient.
constexpr int kPatientNiceness = 10;

}  // namespace

SerialExecutor::SerialExecutor(const std::string& name, Pace pace, std::chrono::milliseconds period,
                               Task tick)
    : period_(period), tick_(std::move(tick)), thread_([this, name, pace] { Run(name, pace); }) {}

SerialExecutor::~SerialExecutor() { Stop(); }

bool SerialExecutor::Post(Task task) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || queue_.size() >= kMaxQueued) {
    ++refused_;
    return false;
  }
  queue_.push_back(std::move(task));
  wake_.notify_one();
  return true;
}

void SerialExecutor::PostAlways(Task task) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(task));
  wake_.notify_one();
}

void SerialExecutor::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

uint64_t SerialExecutor::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

void SerialExecutor::Run(const std::string& name, Pace pace) {
  NameThread(name);
  // Linux: of the calling thread alone (setpriority(2)).
  if (pace == Pace::kPatient) {
    setpriority(PRIO_PROCESS, 0, std::max(kPatientNiceness, getpriority(PRIO_PROCESS, 0)));
  }
  auto next_tick = std::chrono::steady_clock::now() + period_;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto has_work = [this] { return stopping_ || !queue_.empty(); };
    if (tick_) {
      wake_.wait_until(lock, next_tick, has_work);
    } else {
      wake_.wait(lock, has_work);
    }
    std::deque<Task> batch;
    batch.swap(queue_);
    if (batch.empty() && stopping_) return;
    lock.unlock();
    for (Task& task : batch) task();
    if (tick_ && std::chrono::steady_clock::now() >= next_tick) {
      tick_();
      next_tick = std::chrono::steady_clock::now() + period_;
    }
    lock.lock();
  }
}

}  // namespace waypost::control
