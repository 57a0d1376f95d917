// What stands between a query and its answer: access lists, cookies, response rate limits. One for
// each thread; it applies the Protection of the moment.
//
// Thread safety: one thread. Ownership: the protection must outlive its batch, the tally the guard.
// Nothing allocates or throws.
#pragma once

#include <cstdint>

#include "dnsd/base/random.h"
#include "dnsd/serve/horizon.h"
#include "dnsd/serve/protection.h"
#include "dnsd/serve/proxy_header.h"
#include "dnsd/serve/tally.h"
#include "dnsd/wire/query.h"
#include "dnsd/wire/writer.h"

namespace waypost::serve {

enum class Proof : uint8_t { kGiven, kLacking };
enum class Passage : uint8_t { kSend, kSlip, kDrop };

class Guard {
 public:
  Guard(uint64_t seed, Tally& tally) noexcept : random_(seed), tally_(tally) {}

  /// Before each batch.
  void Obey(const Protection& protection, const Moment& now) noexcept {
    protection_ = &protection;
    now_ = now;
  }
  const Protection& protection() const noexcept { return *protection_; }

  bool Admits(const IpAddress& client) noexcept {
    return !protection_->allow_query || IsListed(client);
  }

  /// Takes the PROXY header off; false: it is bad, and counted.
  bool Unwrap(std::span<const uint8_t>& datagram, Ends& ends) noexcept;

  /// Whether the query's address can be believed: a connection, or a good cookie. The cookie to
  /// answer with is put into `options` and lives until the next call.
  Proof Check(const wire::Query& query, const IpAddress& client, Transport transport,
              wire::ReplyOptions& options) noexcept {
    const Proof proof = transport == Transport::kUdp ? Proof::kLacking : Proof::kGiven;
    options.cookie = {};
    is_cookie_good_ = false;
    if (query.edns.cookie.empty() || !protection_->cookies) return proof;
    return CheckCookie(query.edns.cookie, client, options) ? Proof::kGiven : proof;
  }

  /// What a query gets that asks for nothing but a cookie (RFC 7873 section 5.4), after Check.
  wire::Rcode AnswerCookieQuery(const wire::Query& query) const noexcept;

  /// Whether an unproven query is turned away: kBadCookie if it had a cookie option, else kNoError
  /// with TC set in `writer` (RFC 7873 section 5.2.3: over TCP it needs no cookie).
  wire::Rcode TurnAway(const wire::Query& query, wire::ReplyWriter& writer) noexcept;

  /// Whether a message goes on to the handler. Over UDP no more of one network than errors may be
  /// answered to it: anyone can send them in anyone's name, and each has a signature to be checked.
  bool MayHandOver(const IpAddress& client, Transport transport) noexcept;

  /// What becomes of the finished answer to an unproven query.
  Passage Limit(const wire::Query& query, const IpAddress& client, const Horizon& horizon,
                wire::Rcode rcode, const wire::ReplyWriter& writer) noexcept;

 private:
  const Protection* protection_ = &Unprotected();
  Moment now_;
  Random random_;
  Tally& tally_;
  WholeCookie cookie_;
  bool is_cookie_good_ = false;

  static const Protection& Unprotected() noexcept;
  bool IsListed(const IpAddress& client) noexcept;
  bool CheckCookie(std::span<const uint8_t> option, const IpAddress& client,
                   wire::ReplyOptions& options) noexcept;
};

}  // namespace waypost::serve
