// From a received message to the reply: what every transport calls, one object for each thread.
//
// Thread safety: one thread. Ownership: identity and tally must outlive it. Errors: whatever comes
// in has a reply or is dropped and counted. Nothing allocates or throws.
#pragma once

#include <cstdint>
#include <span>

#include "dnsd/base/ip.h"
#include "dnsd/serve/chooser.h"
#include "dnsd/serve/exchange.h"
#include "dnsd/serve/figures.h"
#include "dnsd/serve/guard.h"
#include "dnsd/serve/horizon.h"
#include "dnsd/serve/identity.h"
#include "dnsd/serve/tally.h"

namespace waypost::serve {

class Responder {
 public:
  /// What Respond returns for a message that belongs to a Handler (serve/handler.h).
  static constexpr size_t kHandOver = ~size_t{0};

  Responder(const Identity& identity, Decider decide, uint64_t seed, Tally& tally) noexcept
      : identity_(identity), tally_(tally), guard_(seed, tally), chooser_(decide, seed, tally) {
    options_.nsid = identity.nsid();
  }

  /// Before each batch; without it there is no protection. `keepalive_100ms`: for how long a
  /// connection may be idle (RFC 7828); 0: there is none.
  void Obey(const Protection& protection, const Moment& now,
            uint16_t keepalive_100ms = 0) noexcept {
    guard_.Obey(protection, now);
    options_.payload = protection.max_udp_payload;
    options_.keepalive_100ms = keepalive_100ms;
  }

  /// From now on Respond returns kHandOver for what a Handler answers; over UDP 0 for more of it
  /// than one network may send.
  void HandOver() noexcept { hands_over_ = true; }

  /// Takes the header off a datagram of a trusted front, which says who asks; false: it has none,
  /// and is dropped.
  bool Unwrap(std::span<const uint8_t>& datagram, Ends& ends) noexcept {
    const PrefixSet& fronts = guard_.protection().fronts;
    return fronts.empty() || !fronts.Contains(ends.client) || guard_.Unwrap(datagram, ends);
  }

  /// Writes the reply to `message` and returns its length; 0: drop it. `from`: the resolver. The
  /// hint of `horizon`, if it has one, must be of this message from this resolver (lookahead.h).
  /// `out`: what does not fit is truncated; at least 512 octets for UDP, wire::kMaxMessageOctets
  /// for connections.
  size_t Respond(std::span<const uint8_t> message, const IpAddress& from, Transport transport,
                 const Horizon& horizon, std::span<uint8_t> out) noexcept;

 private:
  /// `octets`: of the message.
  size_t Respond(wire::Query& query, size_t octets, const IpAddress& from, Transport transport,
                 const Horizon& horizon, std::span<uint8_t> out) noexcept;
  static bool IsForHandler(const wire::Query& query) noexcept;
  bool IsTurnedAway(const wire::Query& query, Proof proof) const noexcept;
  wire::Rcode Fill(const wire::Query& query, wire::ReplyWriter& writer, const IpAddress& from,
                   const Horizon& horizon, uint8_t& scope) noexcept;
  size_t Limit(const wire::Query& query, Transport transport) const noexcept;
  void CountQuery(const wire::Query& query, Transport transport) noexcept;

  const Identity& identity_;
  Tally& tally_;
  Guard guard_;
  wire::ReplyOptions options_;
  Chooser chooser_;
  bool hands_over_ = false;
  wire::Query query_;
};

}  // namespace waypost::serve
