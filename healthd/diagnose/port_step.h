// Whether a TCP port is open, refused, rejected by ICMP, or silent: several connections at the same
// time, so that one that is lost, or one of several servers behind an address, shows.
//
// Thread safety: a function of its arguments. Limits: kPortTries sockets for each address,
// kPortPatience in time, in which a lost SYN is sent again at least once (RFC 6298 section 2).
#pragma once

#include <chrono>
#include <vector>

#include "dnsd/base/ip.h"
#include "healthd/diagnose/allowance.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

inline constexpr int kPortTries = 5;
inline constexpr std::chrono::milliseconds kPortPatience{3500};

/// In the order of `targets`. Connections are closed by reset, so that none of them lingers.
std::vector<v1::PortFindings> ExaminePorts(const std::vector<SocketAddress>& targets,
                                           const Allowance& allowance);

}  // namespace waypost::diagnose
