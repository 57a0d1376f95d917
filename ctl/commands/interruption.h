// Waits for SIGINT and SIGTERM instead of ending by them.
//
// Thread safety: one thread; threads that are started while it lives do not take these signals.
// Ownership: the destructor restores what the signals do.
#pragma once

#include <chrono>
#include <csignal>
#include <ctime>

namespace waypost::ctl {

class Interruption {
 public:
  Interruption() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &former_);
  }
  ~Interruption() { pthread_sigmask(SIG_SETMASK, &former_, nullptr); }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// True: a signal came within that time.
  bool Await(std::chrono::milliseconds limit) const {
    const timespec time{limit.count() / 1000, (limit.count() % 1000) * 1000000};
    return sigtimedwait(&signals_, nullptr, &time) > 0;
  }

 private:
  sigset_t signals_;
  sigset_t former_;
};

}  // namespace waypost::ctl
