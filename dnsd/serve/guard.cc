#include "dnsd/serve/guard.h"

#include <array>

#include "dnsd/wire/octets.h"
#include "dnsd/zone/zone.h"

namespace waypost::serve {
namespace {

using wire::Rcode;

/// An answer as the rate limiter sees it.
struct Kind {
  AnswerClass answer = AnswerClass::kError;
  uint32_t zone = zone::ZoneIndex::kNone;
};

Kind KindOf(const wire::Query& query, const Horizon& horizon, Rcode rcode,
            const wire::ReplyWriter& writer) noexcept {
  const Snapshot* const snapshot = horizon.snapshot;
  const bool is_answer = rcode == Rcode::kNoError || rcode == Rcode::kNxDomain;
  if (!is_answer || !query.has_question || snapshot == nullptr) return {};
  const auto [served, zone] = snapshot->FindZone(query.qname(), horizon.view);
  if (served == nullptr || served->zone == nullptr) return {};
  if (rcode == Rcode::kNxDomain) return {AnswerClass::kNxDomain, zone};
  switch (served->zone->Find(query.qname()).match) {
    case zone::Match::kDelegated:
      return {AnswerClass::kReferral, zone};
    case zone::Match::kWildcard:
    case zone::Match::kDname:  // as many names lie below it
      return {AnswerClass::kWildcard, zone};
    default:
      break;
  }
  const bool is_empty = writer.is_empty(wire::Section::kAnswer) && !writer.truncated();
  return {is_empty ? AnswerClass::kNoData : AnswerClass::kPositive, zone};
}

}  // namespace

const Protection& Guard::Unprotected() noexcept {
  static const Protection kNone;
  return kNone;
}

bool Guard::Unwrap(std::span<const uint8_t>& datagram, Ends& ends) noexcept {
  const ProxyHeader header = ParseProxyHeader(datagram);
  if (header.state != ProxyHeader::State::kWhole) {
    tally_.bad_fronts.Add();
    return false;
  }
  datagram = datagram.subspan(header.octets);
  if (header.has_client) ends = {header.client.address, header.asked.address};
  return true;
}

bool Guard::IsListed(const IpAddress& client) noexcept {
  if (protection_->allow_query->Contains(client)) return true;
  tally_.access_refused.Add();
  return false;
}

bool Guard::CheckCookie(std::span<const uint8_t> option, const IpAddress& client,
                        wire::ReplyOptions& options) noexcept {
  is_cookie_good_ = protection_->cookies->Check(option, client, now_.wall_s, cookie_);
  if (is_cookie_good_) tally_.cookies_good.Add();
  if (!is_cookie_good_ && option.size() > wire::kClientCookieOctets) tally_.cookies_bad.Add();
  options.cookie = cookie_;
  return is_cookie_good_;
}

Rcode Guard::AnswerCookieQuery(const wire::Query& query) const noexcept {
  if (!protection_->cookies) return Rcode::kFormErr;
  const bool asks_first = query.edns.cookie.size() == wire::kClientCookieOctets;
  return asks_first || is_cookie_good_ ? Rcode::kNoError : Rcode::kBadCookie;
}

Rcode Guard::TurnAway(const wire::Query& query, wire::ReplyWriter& writer) noexcept {
  tally_.unproven.Add();
  if (!query.edns.cookie.empty()) return Rcode::kBadCookie;
  writer.SetTruncated();
  return Rcode::kNoError;
}

bool Guard::MayHandOver(const IpAddress& client, Transport transport) noexcept {
  static constexpr std::array<uint8_t, 1> kHandedOver = {0};
  if (transport != Transport::kUdp || protection_->limiter == nullptr) return true;
  const RateLimits& limits = protection_->rate_limits;
  const uint32_t per_second = limits.per_second[static_cast<size_t>(AnswerClass::kError)];
  if (per_second == 0 || limits.exempt.Contains(client)) return true;
  const bool is_allowed = protection_->limiter->Allows(client, AnswerClass::kError, kHandedOver,
                                                       per_second, now_.steady_us);
  if (!is_allowed) tally_.rate_dropped.Add();
  return is_allowed;
}

Passage Guard::Limit(const wire::Query& query, const IpAddress& client, const Horizon& horizon,
                     Rcode rcode, const wire::ReplyWriter& writer) noexcept {
  const RateLimits& limits = protection_->rate_limits;
  const Kind kind = KindOf(query, horizon, rcode, writer);
  const uint32_t per_second = limits.per_second[static_cast<size_t>(kind.answer)];
  if (per_second == 0 || limits.exempt.Contains(client)) return Passage::kSend;
  std::array<uint8_t, 4> zone;
  wire::WriteU32(zone.data(), kind.zone);
  const bool is_positive = kind.answer == AnswerClass::kPositive;
  const auto alike = is_positive ? query.qname() : std::span<const uint8_t>(zone);
  if (protection_->limiter->Allows(client, kind.answer, alike, per_second, now_.steady_us)) {
    return Passage::kSend;
  }
  const bool slips = limits.slip > 0 && random_.Below(limits.slip) == 0;
  (slips ? tally_.rate_slipped : tally_.rate_dropped).Add();
  return slips ? Passage::kSlip : Passage::kDrop;
}

}  // namespace waypost::serve
