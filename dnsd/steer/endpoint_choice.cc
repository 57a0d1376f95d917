#include "dnsd/steer/endpoint_choice.h"

#include <algorithm>

#include "dnsd/base/random.h"

namespace waypost::steer {

EndpointChoice::Runner EndpointChoice::RunnerOf(EndpointIndex endpoint,
                                                uint32_t weight) const noexcept {
  return {endpoint, std::max(weight, 1U), RaceTime(Mix64(draw_ + Mix64(endpoint)))};
}

void EndpointChoice::Race(EndpointIndex endpoint, uint16_t weight) noexcept {
  if (!racing_) StartRace();
  Place(RunnerOf(endpoint, weight));
}

void EndpointChoice::StartRace() noexcept {
  racing_ = true;
  for (size_t i = 0; i < size_; ++i) runners_[i] = RunnerOf(out_[i], weights_[i]);
  std::sort(runners_.begin(), runners_.begin() + size_,
            [](const Runner& a, const Runner& b) { return a.Beats(b); });
}

void EndpointChoice::Place(const Runner& runner) noexcept {
  size_t place = size_;
  while (place > 0 && runner.Beats(runners_[place - 1])) --place;
  if (place == size_) return;
  std::move_backward(runners_.begin() + place, runners_.begin() + size_ - 1,
                     runners_.begin() + size_);
  runners_[place] = runner;
}

size_t EndpointChoice::Finish() noexcept {
  for (size_t i = 0; racing_ && i < size_; ++i) out_[i] = runners_[i].endpoint;
  return size_;
}

}  // namespace waypost::steer
