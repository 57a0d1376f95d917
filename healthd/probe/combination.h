// Several probes of one endpoint as one: it succeeds as soon as enough of them do, and fails as
// soon as too many have failed; what is still under way is then stopped.
//
// Thread safety: one thread. Ownership: lives until it ends or is stopped, by shared_from_this; the
// prober must outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "healthd/probe/prober.h"

namespace waypost::probe {

class Combination : public std::enable_shared_from_this<Combination> {
 public:
  Combination(std::shared_ptr<const Spec> spec, Prober::Done done);

  void Start(Prober& prober);
  void Stop();

 private:
  const CombinedSpec& combined() const { return std::get<CombinedSpec>(spec_->what); }
  void OnEnded(size_t member, const Outcome& outcome);
  void NoteCertificate(int64_t expires_in_s);
  void Finish();
  /// The first failure, named, and how many there are.
  Failure JudgeFailures() const;

  const std::shared_ptr<const Spec> spec_;
  Prober::Done done_;  // empty once stopped or called
  const Steady started_;
  std::vector<Prober::Stop> stops_;
  std::vector<std::pair<size_t, Outcome>> failures_;  // by member
  size_t succeeded_ = 0;
  size_t inconclusive_ = 0;
  Outcome outcome_;
};

}  // namespace waypost::probe
