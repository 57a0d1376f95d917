// Collects the endpoints that may answer and keeps as many as the answer takes.
//
// Where there are no more than that, all of them in the order in which they came; else a weighted
// draw without replacement: each endpoint runs a race with its weight as the rate (rendezvous.h)
// from a hash of the draw and its index, and the first ones win (Efraimidis, Spirakis 2006,
// doi:10.1016/j.ipl.2005.11.003). One pass, nothing stored but the winners. Endpoints of weight 0
// count only where no others came, and are then equal.
//
// Thread safety: a value of one decision.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dnsd/steer/rendezvous.h"
#include "dnsd/steer/topology.h"

namespace waypost::steer {

class EndpointChoice {
 public:
  /// `max`: 1 to kMaxAnswers.
  EndpointChoice(size_t max, uint64_t draw) noexcept : max_(max), draw_(draw) {}

  /// The same endpoint at most once.
  void Add(EndpointIndex endpoint, uint16_t weight) noexcept;
  bool empty() const { return size_ == 0; }
  /// Writes the chosen ones to the front of `out`, which has room for `max`; returns how many.
  size_t Write(std::span<EndpointIndex> out) noexcept;

 private:
  /// Without values of its own, so that places which are not used cost nothing.
  struct Runner {
    EndpointIndex endpoint;
    uint32_t weight;
    uint64_t time;  // only in a race

    bool Beats(const Runner& other) const noexcept {
      return Racer{time, weight}.Beats({other.time, other.weight});
    }
  };

  Runner RunnerOf(EndpointIndex endpoint, uint32_t weight) const noexcept;
  void StartRace() noexcept;
  void Place(const Runner& runner) noexcept;

  size_t max_;
  uint64_t draw_;
  size_t size_ = 0;
  bool only_zero_ = true;  // so far only endpoints of weight 0
  bool racing_ = false;    // more came than there is room for: runners_ is ordered by time
  std::array<Runner, kMaxAnswers> runners_;
};

}  // namespace waypost::steer
