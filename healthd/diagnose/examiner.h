// Examinations on threads of their own, a few at a time, so that neither probing nor a director
// waits for them.
//
// Thread safety: all members from any thread. `tell` and `done` of an order are called on its
// thread, or at once where it is refused. Ownership: the destructor ends what is under way and
// waits for it. Limits: kMaxAtOnce at a time, and kMaxPerMinute of them in a minute, because each
// sends packets to where somebody else says. Errors: what is refused comes back as findings that
// say why.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "healthd/diagnose/examination.h"

namespace waypost::diagnose {

class Examiner {
 public:
  static constexpr size_t kMaxAtOnce = 2;
  static constexpr size_t kMaxPerMinute = 20;

  using Done = std::function<void(const v1::Findings&)>;

  Examiner() = default;
  ~Examiner();
  Examiner(const Examiner&) = delete;
  Examiner& operator=(const Examiner&) = delete;

  /// `caller` with the order's id is what Cancel names. The memory of `surroundings` is this one's.
  void Start(const std::string& caller, const v1::Examination& order, Surroundings surroundings,
             Tell tell, Done done);
  /// Ends it soon; `done` is still called.
  void Cancel(const std::string& caller, uint64_t id);

  RttMemory& memory() { return memory_; }

 private:
  struct Running {
    std::string caller;
    uint64_t id = 0;
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
    std::atomic<bool> ended{false};
    std::thread thread;
  };

  std::string Objection();
  void JoinEnded();

  RttMemory memory_;
  std::mutex mutex_;  // guards all below
  std::list<Running> running_;
  std::deque<Steady> started_;  // within the last minute
};

}  // namespace waypost::diagnose
