// Whether this vantage can trust its own eyes, or is itself what is broken.
//
// With references, targets that hardly ever fail and have nothing to do with what is watched: not,
// as long as more than half of them fail. Then, and only then: what else fails, however much, is
// taken for the truth.
//
// Without references: not, when at least half of all targets that were up, and at least 5 in 3
// networks
// (/24, /48), went down within 10 s; until half of those are up again, at most for a minute. What
// then is still down is down.
//
// Thread safety: one thread. It reads no clock: times are passed in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "dnsd/base/clock.h"
#include "dnsd/base/ip.h"
#include "healthd/detect/detector.h"

namespace waypost::detect {

struct Doubt {
  enum class Cause : uint8_t { kNone, kReferences, kTogether };
  Cause cause = Cause::kNone;
  std::string why;

  bool operator==(const Doubt&) const = default;
};

class SelfDoubt {
 public:
  static constexpr std::chrono::seconds kTogetherWithin{10};
  static constexpr std::chrono::seconds kLongest{60};
  static constexpr size_t kLeastTargets = 5;
  static constexpr size_t kLeastNetworks = 3;

  /// How many references there are; what was noted about former ones is forgotten.
  void SetReferences(size_t count);
  /// What is held of a reference, or of a target. Ids are never used twice.
  void NoteReference(uint64_t id, Opinion opinion) { references_[id] = opinion; }
  void Note(uint64_t target, const IpAddress& address, Opinion opinion, Steady now);
  /// It is no longer watched.
  void Forget(uint64_t target);

  /// Call after what was noted, and once a second.
  Doubt Judge(Steady now);

 private:
  struct Target {
    IpAddress network;
    Opinion opinion = Opinion::kNone;
  };
  struct Fallen {
    Steady at;
    IpAddress network;
  };

  Doubt JudgeReferences() const;
  Doubt JudgeTogether(Steady now);
  bool FellTogether() const;

  size_t reference_count_ = 0;
  std::map<uint64_t, Opinion> references_;
  std::unordered_map<uint64_t, Target> targets_;
  size_t up_ = 0;
  std::map<uint64_t, Fallen> fallen_;  // went down lately, or together, and were not up since
  std::optional<Steady> together_since_;
  size_t fell_together_ = 0;  // how many there were
};

}  // namespace waypost::detect
