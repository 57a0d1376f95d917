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
  if (!wire::ParseQuery(message, query_)) {
    tally_.dropped_malformed.Add();
    return 0;
  }
  CountQuery(transport);
  if (hands_over_ && IsForHandler()) {
    const bool is_bounded = transport != Transport::kUdp || message.size() <= kMaxHandedOver;
    if (is_bounded) return guard_.MayHandOver(from, transport) ? kHandOver : 0;
    query_.problem = Rcode::kFormErr;
  }
  options_.may_pad = transport == Transport::kTls;
  const Proof proof = guard_.Check(query_, from, transport, options_);
  wire::ReplyWriter writer(query_, out.first(std::min(out.size(), Limit(transport))), options_);
  uint8_t scope = 0;
  const Rcode rcode =
      IsTurnedAway(proof) ? guard_.TurnAway(query_, writer) : Fill(writer, from, horizon, scope);
  if (proof == Proof::kLacking && guard_.protection().limiter != nullptr) {
    const Passage passage = guard_.Limit(query_, from, horizon, rcode, writer);
    if (passage == Passage::kDrop) return 0;
    if (passage == Passage::kSlip) writer.DropRecords();
  }
  tally_.CountResponse(transport, rcode, writer.truncated());
  return writer.Finish(rcode, scope);
}

bool Responder::IsForHandler() const noexcept {
  if (query_.opcode == Opcode::kNotify || query_.opcode == Opcode::kUpdate) {
    return query_.problem != Rcode::kBadVers;
  }
  if (query_.problem != Rcode::kNoError) return false;
  return query_.has_tsig || (query_.qclass == wire::kClassIn && AsksTransfer(query_));
}

bool Responder::IsTurnedAway(Proof proof) const noexcept {
  return proof == Proof::kLacking && guard_.protection().requires_cookies &&
         query_.problem == Rcode::kNoError && query_.has_question;
}

Rcode Responder::Fill(wire::ReplyWriter& writer, const IpAddress& from, const Horizon& horizon,
                      uint8_t& scope) noexcept {
  if (query_.problem != Rcode::kNoError) {
    if (query_.problem == Rcode::kNotImp) writer.SetExtendedError(ExtendedError::kNotSupported);
    return query_.problem;
  }
  if (!query_.has_question) return guard_.AnswerCookieQuery(query_);
  if (!guard_.Admits(from)) {
    writer.SetExtendedError(ExtendedError::kProhibited);
    return Rcode::kRefused;
  }
  if (query_.qclass == wire::kClassChaos) return identity_.AnswerChaos(query_, writer);
  const bool asks_any = query_.qclass == wire::kClassAny;
  const bool asks_ours = query_.qclass == wire::kClassIn || asks_any;
  if (!asks_ours || AsksTransfer(query_)) return Rcode::kRefused;
  // Before the first snapshot we cannot know what is ours. REFUSED would be taken for "not
  // authoritative" and remembered as a lame server; SERVFAIL is a passing trouble.
  if (horizon.snapshot == nullptr) {
    writer.SetExtendedError(ExtendedError::kNotReady);
    return Rcode::kServFail;
  }
  Exchange x{*horizon.snapshot, query_, from, writer, chooser_, horizon.view, horizon.hint};
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

size_t Responder::Limit(Transport transport) const noexcept {
  if (transport != Transport::kUdp) return wire::kMaxMessageOctets;
  return std::min(query_.edns.payload, guard_.protection().max_udp_payload);
}

void Responder::CountQuery(Transport transport) noexcept {
  tally_.CountQuery(transport, query_.has_question ? query_.qtype : 0);
  if (query_.edns.subnet.present) tally_.ecs_queries.Add();
}

}  // namespace waypost::serve
