// The header that a front such as dnsdist puts before what it passes on: PROXY protocol, version 2
// (its specification lies with HAProxy: doc/proxy-protocol.txt). It says who the client is, so it
// may be believed of trusted fronts only.
//
// Thread safety: pure. Errors: a small enum. Nothing allocates or throws.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dnsd/base/ip.h"

namespace waypost::serve {

/// Signature, version and command, family, length.
inline constexpr size_t kProxyFixedOctets = 16;
/// With more, of extensions that we do not look at, it is taken for an attack.
inline constexpr size_t kMaxProxyOctets = 536;

struct ProxyHeader {
  enum class State : uint8_t { kIncomplete, kWhole, kBad };

  State state = State::kBad;
  size_t octets = 0;  // of kWhole: where the message begins; of kIncomplete: how many are needed
  bool has_client = false;  // false: the front speaks for itself, such as to check our health
  SocketAddress client;
  SocketAddress asked;  // of the front
};

/// Both ends of a message's way, as far as they are known.
struct Ends {
  IpAddress client;
  std::optional<IpAddress> asked;
};

/// The header at the front of `octets`.
ProxyHeader ParseProxyHeader(std::span<const uint8_t> octets) noexcept;

}  // namespace waypost::serve
