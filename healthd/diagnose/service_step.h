// Whether a service answers as it should, and how long each phase takes: a monitor's probe, run a
// few times.
//
// Thread safety: functions of their arguments. Limits: kServiceTries.
#pragma once

#include <vector>

#include "dnsd/base/result.h"
#include "healthd/diagnose/probing.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

inline constexpr int kServiceTries = 3;

/// The probe of an examination at one of its addresses, with time enough to see how slow a slow
/// answer is.
Result<probe::Spec> BuildServiceSpec(const v1::Examination& order, const IpAddress& address);

/// The TCP port that the probe connects to; 0: it uses none, or several.
uint16_t StreamPortOf(const probe::Spec& spec);

/// In the order of `specs`; all tries of all of them at the same time.
std::vector<v1::ServiceFindings> AskServices(const std::vector<probe::Spec>& specs,
                                             Probing& probing);

}  // namespace waypost::diagnose
