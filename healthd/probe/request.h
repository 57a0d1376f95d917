// The HTTP/1.1 request of a probe, as bytes. Pure.
//
// Thread safety: a function of its arguments. Errors: what cannot stand in a request (RFC 9110
// sections 5 and 7, RFC 9112 section 3) names the field.
#pragma once

#include <string>

#include "healthd/probe/spec.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::probe {

/// Sends Host, User-Agent, Accept and `Connection: close`; headers that the monitor gives replace
/// those of the same name. At most 16 KiB.
Result<std::string> BuildRequest(const v1::HttpProbe& http, Kind kind,
                                 const SocketAddress& address);

}  // namespace waypost::probe
