// What every thread of the data plane obeys besides the snapshot: who may ask, who must prove an
// address, how much one network gets. Immutable; a change of the settings publishes a new one.
//
// Thread safety: immutable but for the limiter's table inside, which has its own rule
// (rate_limiter.h). Ownership: shared by its cell and the workers that still use it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "dnsd/base/prefix_set.h"
#include "dnsd/serve/cookies.h"
#include "dnsd/serve/rate_limiter.h"
#include "dnsd/tls/credentials.h"

namespace waypost::serve {

struct Protection {
  /// The largest reply over UDP, 512 to 4096 octets, and what we say that we take.
  uint16_t max_udp_payload = wire::kMaxUdpPayload;
  std::optional<PrefixSet> allow_query;  // unset: everybody
  /// Who puts a PROXY header before each message (UDP) or connection, and must.
  PrefixSet fronts;
  std::shared_ptr<const tls::Credentials> credentials;  // null: TLS is not spoken
  std::optional<Cookies> cookies;
  /// UDP clients without a good cookie get BADCOOKIE or a bare TC instead of an answer.
  bool requires_cookies = false;
  RateLimits rate_limits;
  std::shared_ptr<RateLimiter> limiter;  // null: no response rate limiting

  bool needs_time() const noexcept { return cookies || limiter != nullptr; }
};

/// The time of a batch, read once for all of its messages.
struct Moment {
  uint32_t wall_s = 0;     // since 1970
  uint64_t steady_us = 0;  // since any fixed moment

  static Moment Now() noexcept;
};

}  // namespace waypost::serve
