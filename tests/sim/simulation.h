// One run: a world whose endpoints go up and down, vantages that watch it through a bad network,
// and a director that is restarted and reconfigured. Virtual time, one thread; the same scenario
// gives the same run.
//
// Besides what the oracle checks after every call and every step, once a step: where a majority of
// all vantages has been honest and soundly connected for longer than the bound, and an endpoint's
// truth has not changed for as long, the board says the truth. The bound is detection plus delay
// plus staleness.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/link.h"
#include "tests/sim/oracle.h"
#include "tests/sim/scenario.h"
#include "tests/sim/subject.h"
#include "tests/sim/vantage.h"

namespace waypost::sim {

class Simulation {
 public:
  Simulation(const Scenario& scenario, MakeSubject make_subject);

  /// What went wrong and when; unset: nothing.
  std::optional<std::string> Run();
  const Figures& figures() const { return figures_; }

 private:
  struct Station {
    Vantage vantage;
    Link link;
    std::string region;
    Steady sees_since{};  // not blind since then
    bool alive = true;
    Steady restarts_at{};
  };

  // Each returns what went wrong.
  using Wrong = std::optional<std::string>;
  Wrong Step();
  Wrong StepDirector();
  Wrong StepStation(Station& station);
  Wrong RestartDirector();
  Wrong Reconfigure();
  Wrong Connect(Station& station);
  Wrong BreakLink(Station& station);
  Wrong Deliver(Station& station, const Report& report);
  Wrong Check();
  Wrong CheckBounds();

  void StepWorld();
  void MakeLayout();
  void StartDirector(liveness::Memory memory);
  void Configure();
  void StepFaults(Station& station);
  void Send(Station& station, bool full, std::vector<Observation> observations);
  bool IsSound(const Station& station) const;
  bool MustKnow() const;
  milliseconds Bound() const;

  Scenario scenario_;
  MakeSubject make_subject_;
  Random random_;
  Figures figures_;
  Steady now_{std::chrono::hours(1)};
  std::vector<Truth> world_;
  std::vector<Station> stations_;
  liveness::Layout layout_;
  liveness::BoardLayout shape_;
  std::unique_ptr<Subject> director_;
  std::unique_ptr<Oracle> oracle_;
  std::shared_ptr<liveness::Board> board_;
  liveness::Memory saved_;  // as of some moment before a restart
  Steady director_since_{};
};

}  // namespace waypost::sim
