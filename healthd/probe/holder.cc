#include "healthd/probe/holder.h"

#include <algorithm>

namespace waypost::probe {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Holder::Holder(boost::asio::io_context& io, microseconds interval, Connect connect,
               Prober::Done news)
    : interval_(interval), connect_(std::move(connect)), news_(std::move(news)), timer_(io) {}

void Holder::Start() {
  if (!news_) return;
  const auto self = shared_from_this();
  const auto attempt = connect_([self](const Outcome& outcome) { self->OnEnded(outcome); });
  attempt_ = attempt;
  attempt->Keep([self](const Outcome& outcome) { self->OnStanding(outcome); });
  attempt->Start();
}

void Holder::Stop() {
  news_ = nullptr;
  timer_.cancel();
  if (const auto attempt = attempt_.lock()) attempt->Stop();
}

void Holder::OnStanding(const Outcome& outcome) {
  standing_ = outcome;
  pause_ = microseconds(0);
  Repeat();
}

void Holder::Repeat() {
  After(standing_.succeeded() ? interval_ : std::max<microseconds>(NextPause(), milliseconds(1)),
        &Holder::Repeat);
  Tell(standing_);
}

void Holder::OnEnded(const Outcome& outcome) {
  After(outcome.conclusive ? NextPause() : interval_, &Holder::Start);
  Tell(outcome);
}

void Holder::Tell(const Outcome& outcome) {
  const Prober::Done news = news_;  // who is told may stop this
  if (news) news(outcome);
}

void Holder::After(microseconds pause, void (Holder::*what)()) {
  timer_.expires_after(pause);
  timer_.async_wait([self = shared_from_this(), what, wait = ++wait_](const auto& error) {
    const bool is_latest = wait == self->wait_;
    if (!error && is_latest && self->news_) (self.get()->*what)();
  });
}

microseconds Holder::NextPause() {
  return std::exchange(pause_, std::clamp<microseconds>(pause_ * 2, milliseconds(1), interval_));
}

}  // namespace waypost::probe
