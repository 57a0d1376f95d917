// One thread that runs what others post, in order, and ticks in between: the way in which state
// with a single owner is reached from everywhere without locks.
//
// Thread safety: Post, Ask and Stop from any thread but its own (Post also from its own).
// Errors: Post refuses, and counts, when more than kMaxQueued closures wait, so that a stuck
// executor cannot eat memory.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>

namespace waypost::control {

class SerialExecutor {
 public:
  using Task = std::function<void()>;

  /// At the rate of one evidence report per millisecond this is a second's worth of work left
  /// behind.
  static constexpr size_t kMaxQueued = 1024;

  /// Patient: where there are more threads than cores, those that answer and judge go first. Also
  /// true of the threads that its tasks start.
  enum class Pace : uint8_t { kPrompt, kPatient };

  /// `name`: of the thread, at most 15 letters. `tick` runs about every `period`; zero: never.
  explicit SerialExecutor(const std::string& name, Pace pace, std::chrono::milliseconds period = {},
                          Task tick = {});
  ~SerialExecutor();

  /// False: refused, the task will not run.
  bool Post(Task task);
  /// For work that must not be lost and is bounded otherwise, such as one closing per stream.
  void PostAlways(Task task);

  /// Runs `task` there and waits for its result. Precondition: not on this executor's own thread.
  template <typename Function>
  auto Ask(Function task) -> decltype(task()) {
    auto packaged = std::make_shared<std::packaged_task<decltype(task())()>>(std::move(task));
    auto result = packaged->get_future();
    PostAlways([packaged] { (*packaged)(); });
    return result.get();
  }

  /// Runs what is queued, then ends the thread. Idempotent; afterwards Post refuses and Ask must
  /// not be called.
  void Stop();

  uint64_t refused() const;

 private:
  void Run(const std::string& name, Pace pace);

  const std::chrono::milliseconds period_;
  const Task tick_;
  mutable std::mutex mutex_;  // guards all below but thread_
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  uint64_t refused_ = 0;
  std::thread thread_;
};

}  // namespace waypost::control
