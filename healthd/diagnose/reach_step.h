// Whether addresses answer ICMP echoes: loss, round-trip time and jitter over a window.
//
// Thread safety: a function of its arguments.
#pragma once

#include <vector>

#include "dnsd/base/ip.h"
#include "healthd/diagnose/probing.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

/// In the order of `addresses`, all at the same time; `packets` to each.
std::vector<v1::EchoFindings> SendEchoes(const std::vector<IpAddress>& addresses, uint32_t packets,
                                         Probing& probing);

}  // namespace waypost::diagnose
