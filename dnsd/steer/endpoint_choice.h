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
  /// The chosen ones come to the front of `out`, which has room for 1 to kMaxAnswers.
  EndpointChoice(std::span<EndpointIndex> out, uint64_t draw) noexcept : out_(out), draw_(draw) {}

  /// The same endpoint at most once.
  void Add(EndpointIndex endpoint, uint16_t weight) noexcept {
    if (weight == 0 && !only_zero_) return;
    if (weight > 0 && only_zero_) {
      size_ = 0;
      racing_ = only_zero_ = false;
    }
    if (size_ == out_.size()) return Race(endpoint, weight);
    out_[size_] = endpoint;
    weights_[size_++] = weight;
  }
  bool empty() const { return size_ == 0; }
  /// After the last one; returns how many were chosen.
  size_t Finish() noexcept;

 private:
  /// Without values of its own, so that places which are not used cost nothing.
  struct Runner {
    EndpointIndex endpoint;
    uint32_t weight;
    uint64_t time;

    bool Beats(const Runner& other) const noexcept {
      return Racer{time, weight}.Beats({other.time, other.weight});
    }
  };

  Runner RunnerOf(EndpointIndex endpoint, uint32_t weight) const noexcept;
  void Race(EndpointIndex endpoint, uint16_t weight) noexcept;
  void StartRace() noexcept;
  void Place(const Runner& runner) noexcept;

  const std::span<EndpointIndex> out_;
  const uint64_t draw_;
  size_t size_ = 0;
  bool only_zero_ = true;  // so far only endpoints of weight 0
  bool racing_ = false;    // more came than there is room for: runners_ has them, ordered by time
  std::array<uint16_t, kMaxAnswers> weights_;
  std::array<Runner, kMaxAnswers> runners_;
};

}  // namespace waypost::steer
