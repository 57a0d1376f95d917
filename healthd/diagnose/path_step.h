// The path to an address, hop by hop: packets whose time to live ends at each router in turn, which
// then says who it is. By UDP, by TCP and by ICMP, because filters treat them differently.
//
// UDP and TCP need no privilege; ICMP needs ping sockets (net.ipv4.ping_group_range) or
// CAP_NET_RAW. Every packet has a socket of its own, so that what comes back is never mistaken.
//
// Thread safety: functions of their arguments; one thread for each protocol. Limits: kMaxHops,
// kTriesPerHop for each, kHopsAtOnce of them under way at a time. Routers and hosts of Linux send
// six ICMP errors in a burst and then one a second to the same receiver, hence so few tries.
#pragma once

#include <chrono>
#include <vector>

#include "dnsd/base/ip.h"
#include "healthd/diagnose/allowance.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

inline constexpr int kMaxHops = 30;
inline constexpr int kTriesPerHop = 2;
inline constexpr int kHopsAtOnce = 5;
/// For the answers of a group of hops.
inline constexpr std::chrono::milliseconds kHopPatience{1000};
/// Where nobody answers: a last router gives up on a host after 3 s (RFC 4861 section 7.2.2) and
/// says so then.
inline constexpr std::chrono::milliseconds kLastPatience{3600};

/// A router of Linux that says "network unreachable" falls silent while packets come faster than
/// one in two seconds, so one more is sent after this rest.
inline constexpr std::chrono::milliseconds kRest{2300};

/// `port` 0: 80 for TCP; UDP always goes to ports that hardly anyone uses.
v1::PathFindings TracePath(v1::PathProtocol protocol, const SocketAddress& target,
                           const Allowance& allowance);

/// By all protocols at the same time; where nobody says anything, once more by UDP.
std::vector<v1::PathFindings> TracePaths(const SocketAddress& target, const Allowance& allowance);

}  // namespace waypost::diagnose
