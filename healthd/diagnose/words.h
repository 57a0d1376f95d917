// Findings in words: one line each, for progress and evidence.
//
// Thread safety: functions of their arguments.
#pragma once

#include <string>

#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

/// AddressFindings.skipped where this machine knows no way.
inline constexpr const char* kNoRoute = "no route from here";

std::string WordsOf(const v1::LocalLimits& limits);
std::string WordsOf(const v1::ServerAnswer& answer);
std::string WordsOf(const v1::EchoFindings& echo);
std::string WordsOf(const v1::PortFindings& port);
std::string WordsOf(const v1::PathFindings& path);
std::string WordsOf(const v1::ServiceFindings& service);

/// "packet loss"
std::string NameOf(v1::Trouble trouble);
/// "UDP", "TCP", "ICMP"
std::string NameOf(v1::PathProtocol protocol);

}  // namespace waypost::diagnose
