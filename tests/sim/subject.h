// What is simulated: the production Verdicts, or, to prove that the checks can fail, a variant of
// it that breaks one promise.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/liveness/verdicts.h"

namespace waypost::sim {

class Subject {
 public:
  virtual ~Subject() = default;

  virtual void Configure(liveness::Layout layout, std::shared_ptr<liveness::Board> board,
                         Steady now) {
    verdicts.Configure(std::move(layout), std::move(board), now);
  }
  virtual void Observe(const std::string& vantage, const std::string& endpoint,
                       liveness::Evidence evidence, Steady now) {
    verdicts.Observe(vantage, endpoint, std::move(evidence), now);
  }
  virtual void Tick(Steady now) { verdicts.Tick(now); }

  liveness::Verdicts verdicts;
};

using MakeSubject = std::function<std::unique_ptr<Subject>()>;

std::unique_ptr<Subject> MakeProduction();
/// Takes the word of one vantage for the word of all.
std::unique_ptr<Subject> MakeGullible();
/// Takes old evidence for new.
std::unique_ptr<Subject> MakeImmortal();
/// Does not hear that anything is down.
std::unique_ptr<Subject> MakeOptimist();
/// Holds of each vantage what it said first.
std::unique_ptr<Subject> MakeStubborn();
/// Writes a verdict on the board that was never formed.
std::unique_ptr<Subject> MakeForger();

}  // namespace waypost::sim
