#include "healthd/probe/attempt.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace waypost::probe {
namespace {

namespace asio = boost::asio;
using std::chrono::microseconds;

/// A server that accepts connections only to close them has none that stands.
constexpr microseconds kMoment = std::chrono::milliseconds(100);

microseconds Between(Steady from, Steady to) {
  return std::max(microseconds(1), std::chrono::duration_cast<microseconds>(to - from));
}

}  // namespace

Attempt::Attempt(asio::io_context& io, std::shared_ptr<const Spec> spec, Prober::Done done)
    : spec_(std::move(spec)),
      done_(std::move(done)),
      deadline_(io),
      started_(std::chrono::steady_clock::now()),
      lap_(started_) {}

void Attempt::Start() {
  ArmDeadline(started_ + spec_->timeout, spec_->timeout);
  const auto begin = [self = shared_from_this()] {
    if (!self->done_) return;
    const auto end = [self](const std::exception_ptr& thrown) {
      if (thrown) self->RejectLocal(make_error_code(boost::system::errc::not_enough_memory));
      self->Finish();
    };
    asio::co_spawn(self->executor(), self->Run(), end);
  };
  asio::post(executor(), begin);
}

void Attempt::Stop() {
  done_ = nullptr;
  standing_ = nullptr;
  Close();
  deadline_.cancel();
}

void Attempt::ArmDeadline(Steady when, microseconds limit) {
  limit_ = limit;
  deadline_.expires_at(when);
  deadline_.async_wait([self = shared_from_this()](const Error& error) {
    if (!error) self->Expire();
  });
}

void Attempt::Expire() {
  if (is_settled_) return;
  if (deadline_.expiry() > std::chrono::steady_clock::now()) return;  // armed anew meanwhile
  timed_out_ = true;
  Close();
}

void Attempt::Settle() {
  const auto total = Between(started_, std::chrono::steady_clock::now());
  outcome_.phases.total_us = static_cast<uint32_t>(total.count());
  is_settled_ = true;
  deadline_.expires_after(std::min(kMoment, spec_->interval / 10));
  deadline_.async_wait([self = shared_from_this()](const Error& error) {
    if (!error) self->Announce();
  });
}

void Attempt::Announce() {
  deadline_.cancel();
  const Prober::Done standing = standing_;  // who is told may stop this
  if (done_ && standing) standing(outcome_);
}

void Attempt::BeginPhase(microseconds limit) {
  if (timed_out_ || !done_) return;
  const Steady last = started_ + spec_->timeout;
  const Steady phase_end = std::chrono::steady_clock::now() + limit;
  if (limit.count() > 0 && phase_end < last)
    ArmDeadline(phase_end, limit);
  else if (deadline_.expiry() != last)
    ArmDeadline(last, spec_->timeout);
}

void Attempt::Finish() {
  deadline_.cancel();
  Close();
  if (!is_settled_) {
    const microseconds total = Between(started_, std::chrono::steady_clock::now());
    outcome_.phases.total_us = static_cast<uint32_t>(total.count());
    JudgeLatency();
  }
  standing_ = nullptr;
  const Prober::Done done = std::exchange(done_, nullptr);
  if (done) done(outcome_);
}

void Attempt::JudgeLatency() {
  const microseconds total(outcome_.phases.total_us);
  const microseconds most = spec_->max_latency;
  if (most.count() == 0 || total <= most || !outcome_.succeeded()) return;
  outcome_.failure = {v1::LAYER_RESPONSE, v1::FAULT_SLOW,
                      "took " + InMilliseconds(total) + ", want at most " + InMilliseconds(most)};
}

bool Attempt::Reject(v1::Layer layer, const Error& error, std::string_view at_end) {
  if (!timed_out_ && IsLocal(error)) return RejectLocal(error);
  return Reject(layer, FailureOf(layer, error, at_end));
}

bool Attempt::Reject(v1::Layer layer, Failure failure) {
  outcome_.failure = timed_out_ ? TimedOut(layer, limit_) : std::move(failure);
  return false;
}

bool Attempt::RejectLocal(const Error& error) {
  return RejectLocal(FailureOf(v1::LAYER_CONNECT, error));
}

bool Attempt::RejectLocal(Failure failure) {
  outcome_.failure = std::move(failure);
  outcome_.conclusive = false;
  return false;
}

uint32_t Attempt::TakeLap() {
  const Steady now = std::chrono::steady_clock::now();
  return static_cast<uint32_t>(Between(std::exchange(lap_, now), now).count());
}

}  // namespace waypost::probe
