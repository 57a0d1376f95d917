// The probes of one target: what their results mean, when the next one starts, and when a second
// one may run beside the first.
//
// As a rule they take turns. But a target that is gone without a word costs each probe its whole
// timeout, and `fall` of them in a row as many. So one that is overdue (patience.h), of a target
// that is held to be up, is not waited for: the next look is taken at the pace of doubt (pace.h),
// one probe beside it at most. Both count when they end, as any other: nothing is concluded from a
// probe that has not ended.
//
// Thread safety: a value. It reads no clock: times are passed in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/base/random.h"
#include "healthd/detect/detector.h"
#include "healthd/detect/patience.h"
#include "healthd/detect/rhythm.h"

namespace waypost::detect {

enum class Result : uint8_t {
  kSuccess,
  kFailure,
  kNone,  // it could not be run, which says nothing about the target
};

class Turns {
 public:
  /// Probes that may be under way.
  static constexpr size_t kMost = 2;

  struct Rules {
    Thresholds thresholds;
    Tempo tempo;
    /// Probes may run beside each other.
    bool may_overlap = true;
  };
  struct Ended {
    bool opinion_changed = false;
    /// When to try to begin the next; it replaces what was said before.
    Steady next;
  };

  explicit Turns(const Rules& rules)
      : rules_(rules), detector_(rules.thresholds), rhythm_(rules.tempo) {}

  const Detector& detector() const { return detector_; }
  size_t under_way() const;
  /// Where it may not, it is due again when one that is under way ends.
  bool MayBegin(Steady now) const;
  /// Returns its slot, below kMost. Only where it may.
  size_t Begin(Steady now);
  /// When to try to begin one beside the only one that is under way; unset: not at all.
  std::optional<Steady> OverdueAt() const;
  Ended End(size_t slot, Result result, Steady now, Random& random);
  /// News of a connection that is kept, which has no turns. True: the opinion changed.
  bool Note(Result result, Steady now);

 private:
  struct Probe {
    bool is_under_way = false;
    Steady started;
  };

  /// The only one that is under way; null: there is none, or there are more.
  const Probe* Only() const;

  Rules rules_;
  Detector detector_;
  Rhythm rhythm_;
  Patience patience_;
  std::array<Probe, kMost> probes_{};
};

}  // namespace waypost::detect
