// What a run of the load generator found: one JSON object on a line.
//
// Thread safety: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace waypost::bench {

using Time = std::chrono::steady_clock::time_point;

inline Time Now() { return std::chrono::steady_clock::now(); }

class Report {
 public:
  explicit Report(std::chrono::nanoseconds length) : start_(Now()), end_(start_ + length) {}

  Time start() const { return start_; }
  bool is_over(Time now) const { return now >= end_; }

  /// `rcode`: as it stands in the reply.
  void Answered(std::chrono::nanoseconds latency, uint8_t rcode);
  /// The same for a query that was due then, where turns are counted.
  void Answered(Time due, Time now, uint8_t rcode);
  void Lost(uint64_t queries) { lost_ += queries; }
  /// A step of a loop that never waits: one that took long is a pause of this program or of the
  /// whole machine, and no answer could be seen in it.
  void Turn(Time from, Time to);
  /// Sorts what was measured.
  void Print();

 private:
  struct Pause {
    Time from, to;
  };

  double Percentile(double part) const;
  std::chrono::nanoseconds PausedIn(Time from, Time to) const;

  Time start_, end_;
  std::vector<uint32_t> latencies_ns_;
  std::vector<Pause> pauses_;
  std::chrono::nanoseconds longest_pause_{0};
  std::chrono::nanoseconds longest_wait_{0};  // without pauses
  uint64_t lost_ = 0, not_noerror_ = 0;
};

}  // namespace waypost::bench
