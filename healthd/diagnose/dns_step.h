// The addresses of a name, as each name server tells them.
//
// Thread safety: a function of its arguments. Limits: kDnsPatience, in which each question is sent
// twice; kMaxNameServers. Errors: what a server does not answer stands in its answer.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "healthd/diagnose/allowance.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

inline constexpr std::chrono::milliseconds kDnsPatience{3000};

/// A and AAAA by UDP, all servers at the same time.
std::vector<v1::ServerAnswer> AskNameServers(const std::string& name,
                                             const std::vector<SocketAddress>& servers,
                                             const Allowance& allowance);

}  // namespace waypost::diagnose
