// One run: a world whose endpoints go up and down, vantages that watch it, directors that are
// restarted and reconfigured, and a bad network between each of them. Virtual time, one thread; the
// same scenario gives the same run.
//
// Besides what the directors' oracles check after every call and every step, once a step:
// - a director to which a majority of all vantages has been honest and soundly connected for longer
//   than the bound knows every endpoint's truth that has not changed for as long, and names nothing
//   that has been down for longer (the bound is detection plus delay plus staleness);
// - once everything has been whole for longer than the bound, directors agree wherever the votes
//   leave no choice.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/director.h"
#include "tests/sim/link.h"
#include "tests/sim/scenario.h"
#include "tests/sim/subject.h"
#include "tests/sim/vantage.h"

namespace waypost::sim {

class Simulation {
 public:
  Simulation(const Scenario& scenario, const MakeSubject& make_subject);
  virtual ~Simulation() = default;

  /// What went wrong and when; unset: nothing.
  std::optional<std::string> Run();
  const Figures& figures() const { return figures_; }

 protected:
  /// From one vantage to one director.
  struct Line {
    Link link;
    Assigned told;
    bool full_due = false;
  };
  struct Station {
    Vantage vantage;
    std::string region;
    std::vector<Line> lines;  // by director
    Steady sound_since{};     // neither blind nor crashed nor stood still since then
    bool alive = true;
    Steady restarts_at{};
  };
  struct Host {
    std::unique_ptr<Director> director;
    liveness::Memory saved;  // as of some moment before a restart
  };

  /// Before and after everything else of a step.
  virtual void StepWorld();
  virtual void Observe() {}

  Random& random() { return random_; }
  Steady now() const { return now_; }
  const std::vector<Truth>& world() const { return world_; }
  void SetTruth(size_t endpoint, bool up);
  std::vector<Station>& stations() { return stations_; }
  Director& director(size_t index) { return *hosts_[index].director; }
  const config::Built& built() const { return *built_; }
  milliseconds Bound() const;

 private:
  Wrong Start();
  Wrong Step();

  Wrong StepDirector(size_t index);
  Wrong Restart(size_t index);
  Wrong Reconfigure();

  Wrong StepStation(Station& station);
  void StepFaults(Station& station);
  void UpdateWatch(Station& station);
  Wrong StepLine(Station& station, size_t index, const std::vector<Observation>& seen);
  Wrong Connect(Station& station, size_t index);
  Wrong Break(Station& station, size_t index);
  void TakeAssignment(Station& station, size_t index);
  void Send(Station& station, Line& line, bool full, std::vector<Observation> observations);

  Wrong CheckAll();
  Wrong CheckTruth(size_t index);
  Wrong CheckAgreement();
  bool IsSound(const Station& station, size_t index) const;
  bool MustKnow(size_t index) const;
  bool IsWhole() const;

  const Scenario scenario_;
  Random random_;
  Figures figures_;
  Steady now_{std::chrono::hours(1)};
  std::shared_ptr<const config::Built> built_;
  std::vector<Truth> world_;
  std::vector<Station> stations_;
  std::vector<Host> hosts_;
  liveness::Layout layout_;
};

}  // namespace waypost::sim
