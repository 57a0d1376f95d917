// A simulated director: the production verdicts, watch plan and decisions behind an oracle that
// sees everything that is delivered to it. It restarts with the last verdicts that it saved, and
// has a clock of its own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/config/build.h"
#include "dnsd/liveness/watch_plan.h"
#include "tests/sim/answers.h"
#include "tests/sim/link.h"
#include "tests/sim/local_clock.h"
#include "tests/sim/oracle.h"
#include "tests/sim/scenario.h"
#include "tests/sim/subject.h"

namespace waypost::sim {

/// What went wrong; unset: nothing.
using Wrong = std::optional<std::string>;

/// What a director assigned to a vantage.
struct Assigned {
  uint64_t generation = 0;  // 0: nothing yet
  liveness::WatchPlan::Share share;
};

class Director {
 public:
  Director(const Scenario& scenario, std::shared_ptr<const config::Built> built,
           MakeSubject make_subject, Figures& figures);

  /// A new life, by this clock. `saved`: what the former one wrote last.
  Wrong Start(LocalClock clock, Steady now, const liveness::Memory& saved);
  Wrong Configure(const liveness::Layout& layout, Steady now);
  Wrong Tick(Steady now);
  /// The process stood still.
  void Leap(milliseconds time, Steady now);
  Wrong Release(Steady now);
  Wrong Open(const std::string& vantage, const std::string& region, Steady now);
  Wrong Close(const std::string& vantage, Steady now);
  Wrong Take(const std::string& vantage, const Report& report, Steady now);
  /// The words of the board, the reports and what is answered, once a step.
  Wrong CheckBoard(const std::vector<Truth>& world, bool must_know, milliseconds bound, Steady now);

  /// The endpoint that one asker for A is sent to; unset: none.
  std::optional<uint32_t> Answer(const std::string& record) {
    return answers_.First(record, *board_);
  }
  /// What `vantage` shall watch.
  const Assigned& AssignedTo(const std::string& vantage);
  liveness::Memory Remember() const { return subject_->verdicts.Remember(); }
  liveness::Standing standing(uint32_t endpoint) const {
    return board_->endpoint(endpoint).standing;
  }
  std::string WhyOf(uint32_t endpoint, Steady now) const;
  /// The verdict that the votes leave no choice about; unset: they do.
  std::optional<bool> Outcome(uint32_t endpoint, Steady now) const {
    return oracle_->Outcome(layout_.endpoints[endpoint].id, clock_.Read(now));
  }
  const liveness::Layout& layout() const { return layout_; }
  /// Neither restarted nor stood still since then.
  Steady steady_since() const { return steady_since_; }

 private:
  Wrong Check(Steady now);
  Wrong CheckWatchers(Steady now) const;
  bool IsLongDead(const std::string& vantage, Steady now) const;

  const Scenario& scenario_;
  const std::shared_ptr<const config::Built> built_;
  const MakeSubject make_subject_;
  Figures& figures_;
  Answers answers_;
  liveness::Layout layout_;
  LocalClock clock_;
  Steady steady_since_{};

  std::unique_ptr<Subject> subject_;
  std::unique_ptr<Oracle> oracle_;
  std::shared_ptr<liveness::Board> board_;
  liveness::WatchPlan plan_;
  std::map<std::string, Assigned> assigned_;
  std::map<std::string, Steady> heard_;  // the connected
  std::map<std::string, Steady> seen_;   // all, when last
  uint64_t generation_ = 0;
};

}  // namespace waypost::sim
