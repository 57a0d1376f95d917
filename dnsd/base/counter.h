// A counter with one writer and any number of readers: the write is a plain add, no locked
// instruction.
#pragma once

#include <atomic>
#include <cstdint>

namespace waypost {

class Counter {
 public:
  /// Only from the thread that owns the counter. Three instructions: a call costs more.
  [[gnu::always_inline]] void Add(uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  uint64_t Read() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace waypost
