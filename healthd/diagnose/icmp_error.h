// What a router or a host said by ICMP about a packet that a socket sent (RFC 792, RFC 1812
// section 5.2.7, RFC 4443 section 3).
//
// Thread safety: values; TakeIcmpError as the socket. Errors: what is no ICMP error is passed over.
#pragma once

#include <optional>
#include <string>

#include "dnsd/base/ip.h"

namespace waypost::diagnose {

enum class IcmpMeaning {
  kTimeExceeded,
  kNetUnreachable,
  kHostUnreachable,
  kPortUnreachable,
  kProhibited,
  kOther,
};

struct IcmpError {
  /// Who said it. This machine itself where it could not deliver, and `is_local`.
  IpAddress from;
  bool is_local = false;
  IpFamily family = IpFamily::kV4;
  uint8_t type = 0;
  uint8_t code = 0;
  /// What came back of the packet.
  std::string packet;

  IcmpMeaning meaning() const;
  /// "10.0.0.1: administratively prohibited"
  std::string ToString() const;
};

/// The next one, taken out of the error queue of the socket.
std::optional<IcmpError> TakeIcmpError(int socket);

}  // namespace waypost::diagnose
