// A timer that never rings after it was set anew, cancelled or destroyed.
//
// Asio's own timers may: once the time has come, the handler is queued and a cancel comes too late.
//
// Thread safety: one thread, the one that runs the io_context.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "dnsd/base/clock.h"

namespace waypost::report {

class Alarm {
 public:
  explicit Alarm(boost::asio::io_context& io) : timer_(io) {}

  /// Instead of what was set before.
  void Set(Steady when, std::function<void()> ring) {
    pending_ = std::make_shared<std::function<void()>>(std::move(ring));
    timer_.expires_at(when);
    timer_.async_wait([weak = std::weak_ptr(pending_)](const boost::system::error_code& error) {
      const auto pending = weak.lock();
      if (pending && !error) (*pending)();
    });
  }
  void Cancel() {
    pending_.reset();
    timer_.cancel();
  }

 private:
  boost::asio::steady_timer timer_;
  std::shared_ptr<std::function<void()>> pending_;
};

}  // namespace waypost::report
