// One probe under way: a coroutine under a deadline, which ends in an Outcome.
//
// Thread safety: one thread. Ownership: lives until its coroutine ends, by shared_from_this.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "dnsd/base/clock.h"
#include "healthd/probe/prober.h"

namespace waypost::probe {

class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  virtual ~Attempt() = default;
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  void Start();
  /// Before Start: the connection is to be kept once the probe succeeded. `standing` hears of it
  /// when it has stood for a moment, and whenever what it says changes; `done` when it ends, which
  /// is a failure.
  void Keep(Prober::Done standing) { standing_ = std::move(standing); }
  /// Closes everything at once; `done` will not be called.
  void Stop();

 protected:
  template <typename T>
  using Awaitable = boost::asio::awaitable<T>;
  using Error = boost::system::error_code;

  Attempt(boost::asio::io_context& io, std::shared_ptr<const Spec> spec, Prober::Done done);

  /// The probe itself; fills in the outcome.
  virtual Awaitable<void> Run() = 0;
  /// Ends what Run waits for, with an error. May be called more than once.
  virtual void Close() = 0;

  const Spec& spec() const { return *spec_; }
  Outcome& outcome() { return outcome_; }
  bool timed_out() const { return timed_out_; }
  auto executor() { return deadline_.get_executor(); }

  /// From here to the next call at most `limit`, and never past the probe's timeout. Zero: only
  /// that counts.
  void BeginPhase(std::chrono::microseconds limit);
  /// Notes why the probe failed, which is the deadline if that has passed and this machine if the
  /// error says so. False, for co_return.
  bool Reject(v1::Layer layer, const Error& error, std::string_view at_end = "connection closed");
  bool Reject(v1::Layer layer, Failure failure);
  bool RejectLocal(const Error& error);
  /// This machine lacks what the probe needs, so nothing is known of the target.
  bool RejectLocal(Failure failure);
  bool is_kept() const { return static_cast<bool>(standing_); }
  /// The connection stands: no deadline from here on.
  void Settle();
  /// What `standing` hears has changed.
  void Announce();
  /// Microseconds since the last call, at least 1.
  uint32_t TakeLap();

 private:
  void ArmDeadline(Steady when, std::chrono::microseconds limit);
  void Expire();
  void Finish();
  void JudgeLatency();

  const std::shared_ptr<const Spec> spec_;
  Prober::Done done_;  // empty once stopped or called
  Prober::Done standing_;
  bool is_settled_ = false;
  boost::asio::steady_timer deadline_;
  std::chrono::microseconds limit_{0};  // that the deadline stands for
  bool timed_out_ = false;
  Steady started_;
  Steady lap_;
  Outcome outcome_;
};

}  // namespace waypost::probe
