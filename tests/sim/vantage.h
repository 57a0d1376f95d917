// A simulated vantage: production detection (healthd/detect) over simulated probes. It reports
// truly or not, by a clock that drifts and leaps, and can be blind for a time: then everything that
// it probes fails, its references too.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/liveness/evidence.h"
#include "healthd/detect/self_doubt.h"
#include "healthd/detect/turns.h"
#include "tests/sim/local_clock.h"
#include "tests/sim/scenario.h"

namespace waypost::sim {

/// How an endpoint really is.
struct Truth {
  bool up = true;
  Steady since{};
};

struct Observation {
  size_t endpoint = 0;
  liveness::Opinion opinion = liveness::Opinion::kNone;
  Steady::duration age{};  // by the vantage's clock
  uint64_t sequence = 0;
  uint32_t contrary = 0;
};

class Vantage {
 public:
  Vantage(std::string name, Character character, size_t endpoints, const Scenario& scenario);

  const std::string& name() const { return name_; }
  Character character() const { return character_; }
  bool honest() const { return character_ == Character::kHonest; }

  /// A new life: nothing is known or watched.
  void Start(Steady now, Random& random);
  /// Watches these endpoints from now on. What is new starts within a tenth of an interval; what is
  /// gone is forgotten.
  void Watch(const std::vector<bool>& wanted, Steady now, Random& random);
  /// What was seen since the last step.
  std::vector<Observation> Step(const std::vector<Truth>& world, Steady now, Random& random);
  /// Blind until then.
  void Blind(Steady until) { blind_until_ = until; }
  /// From now on.
  void Become(Character character) { character_ = character; }
  /// Whether what it sends to an endpoint can arrive.
  bool Reaches(size_t endpoint, Steady now) const {
    return now >= blind_until_ && (cut_.empty() || !cut_[endpoint]);
  }
  /// These endpoints cannot be reached from here; empty: all can.
  void Cut(std::vector<bool> unreachable) { cut_ = std::move(unreachable); }
  /// Whether it doubts itself.
  detect::Doubt Judge(Steady now) { return self_doubt_.Judge(now); }
  /// It stood still for so long.
  void Leap(milliseconds time) { clock_.Leap(time); }
  /// The latest about every endpoint that it watches.
  std::vector<Observation> Table(Steady now, Random& random) const;

 private:
  struct Attempt {
    bool running = false;
    bool succeeds = false;
    Steady ends{};
  };
  struct Probe {
    detect::Turns turns{{}};
    std::array<Attempt, detect::Turns::kMost> attempts{};
    Steady next{};
    bool watched = false;
    uint64_t sequence = 0;
    Steady observed{};
  };

  bool Succeeds(size_t endpoint, const Truth& truth, Random& random) const;
  // By the vantage's own clock.
  void Begin(Probe& probe, bool succeeds, Steady local, Random& random) const;
  void End(Probe& probe, size_t slot, Steady local, Random& random) const;
  void BeginDue(size_t endpoint, const Truth& truth, Steady local, Random& random);
  Observation Tell(size_t endpoint, Steady local, Random& random) const;

  void StepReference(Steady now);
  void LookAnew(Steady local, Random& random);
  Probe NewProbe(Steady local, Random& random) const;

  static constexpr milliseconds kReferenceInterval{1000};

  std::string name_;
  Character character_;
  const Scenario& scenario_;
  std::vector<Probe> probes_;
  LocalClock clock_;
  bool blind_ = false;  // at this step
  std::vector<bool> cut_;
  Steady blind_until_{};
  detect::SelfDoubt self_doubt_;
  bool doubted_ = false;  // at the last step
  Steady next_reference_{};
};

}  // namespace waypost::sim
