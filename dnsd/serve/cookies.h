// DNS cookies (RFC 7873) with the server cookie that all implementations share (RFC 9018): version
// 1, timestamp, SipHash-2-4 over client cookie, timestamp and client address. The server keeps no
// state, and a fleet with one secret takes the cookies of each of its members.
//
// To roll a secret over (RFC 9018 section 5): add the new one behind the old, everywhere; then put
// it first, everywhere; an hour later take the old one out.
//
// Thread safety: immutable. Nothing allocates after construction.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/siphash.h"
#include "dnsd/wire/reply_opt.h"

namespace waypost::serve {

/// Client cookie and server cookie, as they stand in the option.
using WholeCookie = std::array<uint8_t, wire::kReplyCookieOctets>;

class Cookies {
 public:
  /// `secrets`: new cookies are made with the first, all are good to prove old ones.
  explicit Cookies(std::vector<SipKey> secrets) : secrets_(std::move(secrets)) {}

  /// Whether `option` (wire::Edns::cookie, not empty) proves that `client` lately received a reply
  /// from a holder of one of the secrets. `reply` becomes the cookie to answer with: the same one
  /// while it is fresh. `now_s`: seconds since 1970, of which the lower 32 bits count.
  bool Check(std::span<const uint8_t> option, const IpAddress& client, uint32_t now_s,
             WholeCookie& reply) const noexcept;

 private:
  std::vector<SipKey> secrets_;
};

}  // namespace waypost::serve
