// How a vantage reaches a director over gRPC, for each of its streams.
//
// Thread safety: functions of their arguments. Errors: a file that cannot be read is named.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "dnsd/base/result.h"
#include "healthd/report/security.h"

namespace waypost::report {

/// A channel for one stream: connecting anew is this program's decision, not the channel's.
/// `address`: HOST:PORT or unix:PATH, which needs no security.
Result<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& address,
                                                   const Security& security);

}  // namespace waypost::report
