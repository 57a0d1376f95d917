// A simulated vantage: production detection (healthd/detect) over simulated probes. It reports
// truly or not, by a clock that drifts, and can be blind for a time: then everything that it probes
// fails, its references too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/liveness/evidence.h"
#include "healthd/detect/rhythm.h"
#include "healthd/detect/self_doubt.h"
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
  Steady observed{};
  uint64_t sequence = 0;
  uint32_t contrary = 0;
};

class Vantage {
 public:
  Vantage(std::string name, Character character, size_t endpoints, const Scenario& scenario);

  const std::string& name() const { return name_; }
  bool honest() const { return character_ == Character::kHonest; }

  /// A new life: nothing is known, all probes start within an interval.
  void Start(Steady now, Random& random);
  /// What was seen since the last step.
  std::vector<Observation> Step(const std::vector<Truth>& world, Steady now, Random& random);
  /// Blind until then.
  void Blind(Steady until) { blind_until_ = until; }
  /// Whether it doubts itself.
  detect::Doubt Judge(Steady now) { return self_doubt_.Judge(now); }
  /// How long ago something was, by this vantage's clock.
  Steady::duration Age(Steady then, Steady now) const {
    return (now - then) * rate_per_mille_ / 1000;
  }
  /// The latest about every endpoint.
  std::vector<Observation> Table(Random& random) const;

 private:
  struct Probe {
    detect::Detector detector{{}};
    detect::Rhythm rhythm{{}};
    Steady next{};
    Steady started{};
    Steady ends{};
    bool running = false;
    bool succeeds = false;
    uint64_t sequence = 0;
    Steady observed{};
  };

  void Begin(Probe& probe, const Truth& truth, Steady now, Random& random) const;
  void End(Probe& probe, Steady now, Random& random) const;
  void StepReference(Steady now);
  Observation Tell(size_t endpoint, Random& random) const;

  static constexpr milliseconds kReferenceInterval{1000};

  std::string name_;
  Character character_;
  const Scenario& scenario_;
  std::vector<Probe> probes_;
  uint32_t rate_per_mille_ = 1000;  // of its clock
  Steady blind_until_{};
  detect::SelfDoubt self_doubt_;
  Steady next_reference_{};
};

}  // namespace waypost::sim
