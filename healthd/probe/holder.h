// Keeps one connection to a target, for good: tells when it stands, that it still stands, and at
// once when it breaks; then connects again.
//
// It connects again at once, and from then on after pauses that double from 1 ms to the interval,
// so that a server which is gone is known to be gone within milliseconds (each try is a failure
// that counts for `fall`), and one that stays away is not pestered. A server that says over the
// connection that it does not serve is repeated at the same pauses.
//
// Thread safety: one thread. Ownership: lives until stopped, by shared_from_this; the io_context
// must outlive it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "healthd/probe/attempt.h"

namespace waypost::probe {

class Holder : public std::enable_shared_from_this<Holder> {
 public:
  using Connect = std::function<std::shared_ptr<Attempt>(Prober::Done ended)>;

  Holder(boost::asio::io_context& io, std::chrono::microseconds interval, Connect connect,
         Prober::Done news);

  void Start();
  void Stop();

 private:
  void OnStanding(const Outcome& outcome);
  void OnEnded(const Outcome& outcome);
  void Repeat();
  void After(std::chrono::microseconds pause, void (Holder::*what)());
  void Tell(const Outcome& outcome);
  /// Of tries and of bad news: none, 1 ms, 2 ms, and so on up to the interval.
  std::chrono::microseconds NextPause();

  const std::chrono::microseconds interval_;
  const Connect connect_;
  Prober::Done news_;               // empty once stopped
  std::weak_ptr<Attempt> attempt_;  // which holds this, as does the timer
  boost::asio::steady_timer timer_;
  uint64_t wait_ = 0;  // counts what the timer was set to
  std::chrono::microseconds pause_{0};
  Outcome standing_;
};

}  // namespace waypost::probe
