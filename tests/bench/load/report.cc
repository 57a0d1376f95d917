#include "tests/bench/load/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace waypost::bench {

void Report::Answered(std::chrono::nanoseconds latency, uint8_t rcode) {
  constexpr int64_t kMost = std::numeric_limits<uint32_t>::max();
  latencies_ns_.push_back(static_cast<uint32_t>(std::min<int64_t>(latency.count(), kMost)));
  if (rcode != 0) ++not_noerror_;
}

void Report::Answered(Time due, Time now, uint8_t rcode) {
  Answered(now - due, rcode);
  if (now - due <= longest_wait_) return;
  longest_wait_ = std::max(longest_wait_, now - due - PausedIn(due, now));
}

void Report::Turn(Time from, Time to) {
  constexpr std::chrono::microseconds kLong{200};
  longest_pause_ = std::max(longest_pause_, to - from);
  if (to - from > kLong) pauses_.push_back({from, to});
}

std::chrono::nanoseconds Report::PausedIn(Time from, Time to) const {
  std::chrono::nanoseconds sum{0};
  for (const Pause& pause : pauses_) {
    if (pause.from < to && pause.to > from) {
      sum += std::min(pause.to, to) - std::max(pause.from, from);
    }
  }
  return sum;
}

double Report::Percentile(double part) const {
  if (latencies_ns_.empty()) return 0;
  const auto last = static_cast<double>(latencies_ns_.size() - 1);
  return latencies_ns_[static_cast<size_t>(part * last)] / 1e3;
}

void Report::Print() {
  const std::chrono::duration<double> taken = Now() - start_;
  std::sort(latencies_ns_.begin(), latencies_ns_.end());
  fmt::print(
      "{{\"seconds\": {:.3f}, \"answers\": {}, \"lost\": {}, \"not_noerror\": {}, \"per_second\": "
      "{:.0f}, "
      "\"p50_us\": {:.1f}, \"p99_us\": {:.1f}, \"max_us\": {:.1f}, "
      "\"max_less_pauses_us\": {:.1f}, \"longest_pause_us\": {:.1f}}}\n",
      taken.count(), latencies_ns_.size(), lost_, not_noerror_,
      static_cast<double>(latencies_ns_.size()) / taken.count(), Percentile(0.5), Percentile(0.99),
      Percentile(1), static_cast<double>(longest_wait_.count()) / 1e3,
      static_cast<double>(longest_pause_.count()) / 1e3);
}

}  // namespace waypost::bench
