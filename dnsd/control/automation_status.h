// What the status says of bounded automation, calculated health and signals.
//
// Thread safety: on the control thread, for they read the verdicts. Errors: none.
#pragma once

#include "dnsd/liveness/verdicts.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

void TellAutomations(const liveness::Verdicts& verdicts, Steady now, v1::StatusReply& reply);
void TellSignals(const liveness::Verdicts& verdicts, Steady now, v1::StatusReply& reply);
v1::SignalStatus StatusOf(const liveness::SignalReport& report, Steady now);

}  // namespace waypost::control
