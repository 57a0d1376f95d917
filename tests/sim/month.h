// A month in the life of a fleet: three regions that fail about once a day and endpoints that fail
// on their own, watched by three vantages of which one at a time is bad, in turn: it lies, is blind
// or cannot reach a region. The network, the vantages and the director fail as they do elsewhere in
// these simulations, and one probe in a thousand fails for no reason.
//
// Beside it, in the same world, gdnsd after its manual, looking from where the first vantage
// stands; it never lies, restarts or stands still. Both are asked for the same record, the first
// region of three that is up, in every step.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/gdnsd_rule.h"
#include "tests/sim/simulation.h"

namespace waypost::sim {

/// What an asker and an on-call engineer would complain about.
struct Complaints {
  uint64_t answers = 0;
  uint64_t dead = 0;             // answers that name what is down while something is up
  uint64_t failovers = 0;        // to a region further down the list
  uint64_t false_downs = 0;      // of endpoints that had been up for longer than the bound
  uint64_t false_failovers = 0;  // away from a region that had been up for as long

  double dead_share() const { return static_cast<double>(dead) / static_cast<double>(answers); }
};

/// Counts the complaints about one of those who answer.
class Account {
 public:
  /// `regions`: of each endpoint, the lower the better. `asked_for`: those that can answer.
  Account(std::vector<size_t> regions, std::vector<bool> asked_for)
      : regions_(std::move(regions)), asked_for_(std::move(asked_for)) {}

  void Note(const std::vector<bool>& up, std::optional<uint32_t> answer,
            const std::vector<Truth>& world, Steady before);
  const Complaints& complaints() const { return complaints_; }

 private:
  void NoteAnswer(uint32_t answer, const std::vector<Truth>& world, Steady before);

  const std::vector<size_t> regions_;
  const std::vector<bool> asked_for_;
  std::vector<bool> up_;
  std::optional<size_t> region_;  // that answered last
  Complaints complaints_;
};

/// Polls every endpoint, and answers with one of the first region that it finds up.
class Gdnsd {
 public:
  Gdnsd(const GdnsdSettings& settings, std::vector<size_t> regions, std::vector<bool> asked_for);

  void Step(const std::vector<Truth>& world, const Vantage& eyes, uint32_t lost_per_million,
            Steady now);
  const Complaints& complaints() const { return account_.complaints(); }

 private:
  std::optional<uint32_t> Answer();

  const GdnsdSettings settings_;
  const std::vector<size_t> regions_;
  const std::vector<bool> asked_for_;  // endpoints that have an address of the type
  std::vector<GdnsdService> services_;
  std::vector<Steady> next_;
  Account account_;
  Random random_{1};
};

class Month final : public Simulation {
 public:
  explicit Month(const Scenario& scenario);

  /// Three vantages, majority, checks every `interval`; `length` of a month.
  static Scenario ScenarioOf(uint64_t seed, milliseconds length, milliseconds interval);

  const Complaints& waypost() const { return account_.complaints(); }
  const Complaints& gdnsd() const { return gdnsd_.complaints(); }
  const Complaints& quick_gdnsd() const { return quick_gdnsd_.complaints(); }
  uint64_t region_failures() const { return region_failures_; }
  uint64_t bad_times() const { return bad_times_; }

 protected:
  void StepWorld() override;
  void Observe() override;

 private:
  struct Failing {
    bool up = true;
    Steady until{};
  };

  static constexpr size_t kRegions = 3;

  bool StepOne(Failing& one, milliseconds mean_up, milliseconds longest_down);
  void StepBad();
  void BeBad(Station& station, Steady until);
  std::vector<size_t> Regions() const;
  std::vector<bool> HasA() const;

  Random world_random_;  // the same world whatever the director does
  uint32_t lost_per_million_;
  std::vector<Failing> regions_{kRegions};
  std::vector<Failing> endpoints_;
  Failing calm_;  // up: no vantage is bad
  size_t bad_ = 0;
  uint64_t region_failures_ = 0;
  uint64_t bad_times_ = 0;
  Account account_;
  Gdnsd gdnsd_;
  Gdnsd quick_gdnsd_;
};

}  // namespace waypost::sim
