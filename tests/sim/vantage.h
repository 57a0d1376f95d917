// A simulated vantage: probes endpoints on a jittered schedule, tries again quickly after a first
// failure, applies rise and fall, and reports, truly or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/liveness/evidence.h"
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
  /// The latest about every endpoint.
  std::vector<Observation> Table(Random& random) const;

 private:
  struct Probe {
    Steady next{};
    Steady ends{};
    bool running = false;
    bool succeeds = false;
    std::optional<bool> opinion;
    uint32_t contrary = 0;
    uint64_t sequence = 0;
    Steady observed{};
  };

  void Begin(Probe& probe, const Truth& truth, Steady now, Random& random) const;
  void End(Probe& probe, Steady now, Random& random) const;
  Observation Tell(size_t endpoint, Random& random) const;

  std::string name_;
  Character character_;
  const Scenario& scenario_;
  std::vector<Probe> probes_;
};

}  // namespace waypost::sim
