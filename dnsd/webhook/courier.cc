#include "dnsd/webhook/courier.h"

#include <algorithm>
#include <utility>

namespace waypost::webhook {

using std::chrono::milliseconds;

void Courier::Add(Event event) {
  queue_.push_back(std::move(event));
  if (queue_.size() <= limits_.queue) return;
  // Who is on its way is not taken back; it stays in front until it is done.
  const size_t oldest = is_away_ && queue_.size() > 1 ? 1 : 0;
  queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(oldest));
  if (oldest == 0) attempts_ = 0;
  ++figures_.dropped;
}

std::optional<Event> Courier::Take(Steady now) {
  if (is_away_ || queue_.empty() || now < not_before_) return std::nullopt;
  is_away_ = true;
  return queue_.front();
}

milliseconds Courier::Pause() {
  const uint32_t doublings = std::min(failed_in_row_ - 1, 6U);
  milliseconds pause = std::min<milliseconds>(kFirstPause * (1 << doublings), kLongestPause);
  if (failed_in_row_ >= kBreakAfter) pause = kLongestPause;
  return pause - milliseconds(random_.Below(static_cast<uint64_t>(pause.count()) / 2));
}

void Courier::Done(const Attempt& attempt, Steady now) {
  is_away_ = false;
  figures_.error = attempt.error;
  if (attempt.outcome == Attempt::Outcome::kDelivered) {
    queue_.pop_front();
    attempts_ = failed_in_row_ = 0;
    ++figures_.delivered;
    return;
  }
  ++figures_.failures;
  ++failed_in_row_;
  not_before_ = now + Pause();
  if (++attempts_ < limits_.attempts && attempt.outcome == Attempt::Outcome::kFailed) return;
  queue_.pop_front();
  attempts_ = 0;
  ++figures_.dropped;
}

std::optional<Steady> Courier::NextTry() const {
  if (is_away_ || queue_.empty()) return std::nullopt;
  return not_before_;
}

CourierFigures Courier::figures() const {
  CourierFigures figures = figures_;
  figures.waiting = queue_.size();
  figures.is_open = failed_in_row_ >= kBreakAfter;
  return figures;
}

}  // namespace waypost::webhook
