// The HTTP request of a probe. Pure.
//
// Thread safety: functions of their arguments. Errors: what cannot stand in a request (RFC 9110
// sections 5 and 7, RFC 9112 section 3) names the field.
#pragma once

#include <string>
#include <string_view>

#include "healthd/probe/spec.h"
#include "waypost/v1/monitor.pb.h"

namespace waypost::probe {

/// With User-Agent and Accept; headers that the monitor gives replace those of the same name. At
/// most 16 KiB with the body.
Result<HttpRequest> BuildRequest(const v1::HttpProbe& http, bool is_tls,
                                 const SocketAddress& address);

/// As HTTP/1.1 sends it, with `Connection: close`.
std::string Serialize(const HttpRequest& request);

/// `host` with the port where it is not the scheme's (RFC 9110 section 7.2). Empty: the address.
std::string AuthorityOf(const std::string& host, bool is_tls, const SocketAddress& address);

/// In ASCII.
std::string Lower(std::string_view text);

}  // namespace waypost::probe
