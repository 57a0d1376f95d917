// How long the probes of one target take as a rule, and from when on one of them is overdue: judged
// as TCP judges when to send again (RFC 6298 section 2), by the mean of the times and by how much
// they scatter. So a target that is always slow is not overdue by being so.
//
// Thread safety: a value.
#pragma once

#include <chrono>

namespace waypost::detect {

class Patience {
 public:
  /// A probe succeeded, and took so long.
  void Learn(std::chrono::microseconds took);
  /// Longer than this is suspicious. Zero: nothing was learnt yet.
  std::chrono::microseconds limit() const { return mean_ + 4 * scatter_; }

 private:
  std::chrono::microseconds mean_{0};
  std::chrono::microseconds scatter_{0};
};

}  // namespace waypost::detect
