// What happened, told to whoever watches: `waypostctl watch`, and the log.
//
// Thread safety: all calls from any thread. Ownership: a subscriber must unsubscribe before it
// goes. A watcher is called on the thread that publishes and must not block; who cannot keep up
// drops by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "dnsd/base/clock.h"
#include "dnsd/base/utf8.h"

namespace waypost::control {

struct Happening {
  Wall time;            // filled in by the bus
  std::string kind;     // verdict, revision, vantage, geo, override, failback
  std::string subject;  // KIND/NAME
  std::string text;
  uint64_t revision = 0;
  uint64_t epoch = 0;
};

class EventBus {
 public:
  using Watcher = std::function<void(const Happening&)>;

  explicit EventBus(const Clock& clock) : clock_(clock) {}

  /// Watchers at the same time, at most; a further one is refused with 0.
  static constexpr size_t kMaxWatchers = 64;

  uint64_t Subscribe(Watcher watcher) {
    const std::lock_guard lock(mutex_);
    if (watchers_.size() >= kMaxWatchers) return 0;
    watchers_[++last_id_] = std::move(watcher);
    return last_id_;
  }

  /// Returns once no call of that watcher is under way.
  void Unsubscribe(uint64_t id) {
    const std::lock_guard lock(mutex_);
    watchers_.erase(id);
  }

  void Publish(Happening happening) {
    happening.time = clock_.WallNow();
    happening.text = Legible(happening.text);
    const std::lock_guard lock(mutex_);
    for (const auto& [id, watcher] : watchers_) watcher(happening);
  }

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::map<uint64_t, Watcher> watchers_;
  uint64_t last_id_ = 0;
};

}  // namespace waypost::control
