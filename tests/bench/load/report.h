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
  void Lost(uint64_t queries) { lost_ += queries; }
  /// Sorts what was measured.
  void Print();

 private:
  double Percentile(double part) const;

  Time start_, end_;
  std::vector<uint32_t> latencies_ns_;
  uint64_t lost_ = 0, not_noerror_ = 0;
};

}  // namespace waypost::bench
