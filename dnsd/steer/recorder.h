// Writes a Trace while a decision is made.
//
// Thread safety: belongs to one decision. Ownership: trace and context must outlive it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dnsd/steer/candidates.h"
#include "dnsd/steer/decide.h"
#include "dnsd/steer/knobs.h"
#include "dnsd/steer/step.h"
#include "dnsd/steer/step_context.h"

namespace waypost::steer {

class Recorder {
 public:
  Recorder(Trace* trace, const StepContext& context) : trace_(*trace), context_(context) {}

  /// The list that steps are now applied to; remembered until the next entry.
  void Start(const Candidates& candidates);
  /// What has the wanted family, of all that the record names.
  void WriteCandidates(const Record& record, const Candidates& candidates);
  void WriteStep(const Step& step, const Candidates& after);
  void WriteHealth(const Candidates& after, liveness::StandingSet usable);
  /// An entry without candidates.
  void WriteNote(const std::string& step, const std::string& summary);
  void WriteAnswer(const Decision& decision, const Candidates& candidates);
  void WriteTtl(const Decision& decision, const Record& record, uint16_t cap_s,
                PoolIndex capped_by);
  void WriteScope(const Decision& decision, const Record& record, Reads reads);

 private:
  template <typename Why>
  void Write(std::string step, std::string summary, std::span<const Candidate> after, Why why);

  Trace& trace_;
  const StepContext& context_;
  std::vector<Candidate> before_;
};

}  // namespace waypost::steer
