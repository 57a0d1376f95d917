// The name servers that this machine asks (resolv.conf(5)).
//
// Thread safety: functions. Errors: lines that make no sense are passed over.
#pragma once

#include <istream>
#include <vector>

#include "dnsd/base/ip.h"

namespace waypost::diagnose {

/// As many as resolvers ask (MAXNS), and as may be named.
inline constexpr size_t kMaxNameServers = 4;

std::vector<SocketAddress> ReadNameServers(std::istream& resolv_conf);
/// Of /etc/resolv.conf; of this machine itself where that names none.
std::vector<SocketAddress> OwnNameServers();

/// ADDRESS or ADDRESS:PORT; the port is 53 where none is given.
std::optional<SocketAddress> ParseNameServer(std::string_view text);

}  // namespace waypost::diagnose
