#include "dnsd/serve/responder.h"

#include <algorithm>

#include "dnsd/serve/answer.h"
#include "dnsd/zone/zone.h"

namespace waypost::serve {

using wire::ExtendedError;
using wire::Opcode;
using wire::Rcode;

namespace {

bool AsksTransfer(const wire::Query& query) noexcept {
  return query.qtype == zone::kAxfr || query.qtype == zone::kIxfr;
}

/// Octets of a message over UDP that waits for the handler: of a thousand such, megabytes.
constexpr size_t kMaxHandedOver = wire::kUdpPayloadCeiling;

}  // namespace

size_t Responder::Respond(std::span<const uint8_t> message, const IpAddress& from,
                          Transport transport, const Horizon& horizon,
                          std::span<uint8_t> out) noexcept {
  if (horizon.hint->query != nullptr) {
    return Respond(*horizon.hint->query, message.size(), from, transport, horizon, out);
  }
  if (wire::ParseQuery(message, query_)) {
    return Respond(query_, message.size(), from, transport, horizon, out);
  }
  tally_.dropped_malformed.Add();
  return 0;
}

size_t Responder::Respond(wire::Query& query, size_t octets, const IpAddress& from,
                          Transport transport, const Horizon& horizon,
                          std::span<uint8_t> out) noexcept {
  CountQuery(query, transport);
  if (hands_over_ && IsForHandler(query)) {
    const bool is_bounded = transport != Transport::kUdp || octets <= kMaxHandedOver;
    if (is_bounded) return guard_.MayHandOver(from, transport) ? kHandOver : 0;
    query.problem = Rcode::kFormErr;
  }
  options_.may_pad = transport == Transport::kTls;
  const Proof proof = guard_.Check(query, from, transport, options_);
  wire::ReplyWriter writer(query, out.first(std::min(out.size(), Limit(query, transport))),
                           options_);
  uint8_t scope = 0;
  const Rcode rcode = IsTurnedAway(query, proof) ? guard_.TurnAway(query, writer)
                                                 : Fill(query, writer, from, horizon, scope);
  if (proof == Proof::kLacking && guard_.protection().limiter != nullptr) {
    const Passage passage = guard_.Limit(query, from, horizon, rcode, writer);
    if (passage == Passage::kDrop) return 0;
    if (passage == Passage::kSlip) writer.DropRecords();
  }
  tally_.CountResponse(transport, rcode, writer.truncated());
  return writer.Finish(rcode, scope);
}

bool Responder::IsForHandler(const wire::Query& query) noexcept {
  if (query.opcode == Opcode::kNotify || query.opcode == Opcode::kUpdate) {
    return query.problem != Rcode::kBadVers;
  }
  if (query.problem != Rcode::kNoError) return false;
  return query.has_tsig || (query.qclass == wire::kClassIn && AsksTransfer(query));
}

bool Responder::IsTurnedAway(const wire::Query& query, Proof proof) const noexcept {
  return proof == Proof::kLacking && guard_.protection().requires_cookies &&
         query.problem == Rcode::kNoError && query.has_question;
}

Rcode Responder::Fill(const wire::Query& query, wire::ReplyWriter& writer, const IpAddress& from,
                      const Horizon& horizon, uint8_t& scope) noexcept {
  if (query.problem != Rcode::kNoError) {
    if (query.problem == Rcode::kNotImp) writer.SetExtendedError(ExtendedError::kNotSupported);
    return query.problem;
  }
  if (!query.has_question) return guard_.AnswerCookieQuery(query);
  if (!guard_.Admits(from)) {
    writer.SetExtendedError(ExtendedError::kProhibited);
    return Rcode::kRefused;
  }
  if (query.qclass == wire::kClassChaos) return identity_.AnswerChaos(query, writer);
  const bool asks_any = query.qclass == wire::kClassAny;
  const bool asks_ours = query.qclass == wire::kClassIn || asks_any;
  if (!asks_ours || AsksTransfer(query)) return Rcode::kRefused;
  // Before the first snapshot we cannot know what is ours. REFUSED would be taken for "not
  // authoritative" and remembered as a lame server; SERVFAIL is a passing trouble.
  if (horizon.snapshot == nullptr) {
    writer.SetExtendedError(ExtendedError::kNotReady);
    return Rcode::kServFail;
  }
  Exchange x{*horizon.snapshot, query, from, writer, chooser_, horizon.view, *horizon.hint};
  const Rcode rcode = Answer(x);
  // Nobody knows that he has the data of all classes (RFC 1035 section 6.2).
  if (asks_any) writer.ClearAuthoritative();
  if (x.is_prohibited) tally_.access_refused.Add();
  if (rcode == Rcode::kServFail) writer.SetExtendedError(ExtendedError::kInvalidData);
  if (rcode == Rcode::kRefused) {
    writer.SetExtendedError(x.is_prohibited ? ExtendedError::kProhibited
                                            : ExtendedError::kNotAuthoritative);
  }
  scope = x.scope;
  return rcode;
}

size_t Responder::Limit(const wire::Query& query, Transport transport) const noexcept {
  if (transport != Transport::kUdp) return wire::kMaxMessageOctets;
  return std::min(query.edns.payload, guard_.protection().max_udp_payload);
}

void Responder::CountQuery(const wire::Query& query, Transport transport) noexcept {
  tally_.CountQuery(transport, query.has_question ? query.qtype : 0);
  if (query.edns.subnet.present) tally_.ecs_queries.Add();
}

}  // namespace waypost::serve
