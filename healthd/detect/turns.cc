#include "healthd/detect/turns.h"

#include <algorithm>

namespace waypost::detect {

using std::chrono::duration_cast;

size_t Turns::under_way() const {
  return static_cast<size_t>(std::count_if(probes_.begin(), probes_.end(),
                                           [](const Probe& probe) { return probe.is_under_way; }));
}

const Turns::Probe* Turns::Only() const {
  if (under_way() != 1) return nullptr;
  return probes_[0].is_under_way ? &probes_[0] : &probes_[1];
}

std::optional<Steady> Turns::OverdueAt() const {
  const Probe* only = Only();
  const bool is_worth_it = rules_.may_overlap && detector_.opinion() == Opinion::kUp;
  if (only == nullptr || !is_worth_it) return std::nullopt;
  return only->started + std::max(DoubtDelay(rules_.tempo.interval), patience_.limit());
}

bool Turns::MayBegin(Steady now) const {
  if (under_way() == 0) return true;
  const auto overdue = OverdueAt();
  return overdue && now >= *overdue;
}

size_t Turns::Begin(Steady now) {
  const size_t slot = probes_[0].is_under_way ? 1 : 0;
  probes_[slot] = {true, now};
  return slot;
}

Turns::Ended Turns::End(size_t slot, Result result, Steady now, Random& random) {
  Probe& probe = probes_[slot];
  probe.is_under_way = false;
  if (result == Result::kSuccess) patience_.Learn(duration_cast<microseconds>(now - probe.started));
  const bool changed = Note(result, now);
  const microseconds delay = result == Result::kNone ? RegularDelay(rules_.tempo.interval, random)
                                                     : rhythm_.Next(detector_, now, random);
  return {changed, std::max(NextStart(probe.started, now, delay), OverdueAt().value_or(now))};
}

bool Turns::Note(Result result, Steady now) {
  return result != Result::kNone && detector_.Add(result == Result::kSuccess, now);
}

}  // namespace waypost::detect
