// What limits new connections of this machine: TCP sockets by state, ephemeral ports, descriptors,
// the connection tracker. As this process sees it, in its network namespace.
//
// Thread safety: functions. Errors: what cannot be read is left at zero.
#pragma once

#include <istream>
#include <set>

#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

v1::LocalLimits ReadLocalLimits();

/// Adds what a table such as /proc/net/tcp says; `ports`: local ports that its sockets have.
void CountSockets(std::istream& table, v1::LocalLimits& limits, std::set<uint32_t>& ports);

}  // namespace waypost::diagnose
