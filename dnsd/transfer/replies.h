// Replies of the handler: single messages, and the rows of messages that a transfer is made of.
//
// Thread safety: as serve::ReplySource. Errors: a record that fits into no message ends the
// transfer before its second SOA, which tells the peer that it is not whole.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dnsd/base/clock.h"
#include "dnsd/serve/handler.h"
#include "dnsd/transfer/message.h"
#include "dnsd/transfer/tsig.h"
#include "dnsd/transfer/zone_image.h"

namespace waypost::transfer {

/// What each reply to a request has.
struct ReplyHead {
  uint16_t id = 0;
  uint16_t flags = 0;
  std::optional<Question> question;
  bool has_opt = false;  // the request had one, so the reply has (RFC 6891 section 6.1.1)
  std::string cookie;    // in the OPT; empty: none

  /// QR, the opcode and RD of the request; `rcode` and perhaps AA.
  static ReplyHead For(const Message& request, uint16_t rcode, bool authoritative = false);
};

/// One message; `answer` may be null.
std::unique_ptr<serve::ReplySource> OneReply(ReplyHead head, std::optional<TsigSigner> signer,
                                             const Clock& clock,
                                             std::unique_ptr<RrCursor> answer = nullptr);
/// One message with all of `answer`, made at once; null: that is more than `max_octets`.
std::unique_ptr<serve::ReplySource> WholeReply(ReplyHead head, std::optional<TsigSigner> signer,
                                               const Clock& clock, std::unique_ptr<RrCursor> answer,
                                               size_t max_octets);
/// As many messages as the records need, each filled as far as names can be compressed (RFC 5936
/// section 2.2); the question stands in the first.
std::unique_ptr<serve::ReplySource> TransferReply(ReplyHead head, std::optional<TsigSigner> signer,
                                                  const Clock& clock,
                                                  std::unique_ptr<RrCursor> records);

/// NOTAUTH for a request whose signature is bad (RFC 8945 section 5.3.2); FORMERR for a malformed
/// one.
std::unique_ptr<serve::ReplySource> BadSignatureReply(const Message& request,
                                                      const TsigVerdict& verdict,
                                                      const Clock& clock);
/// A message that is already whole but for its signature.
std::unique_ptr<serve::ReplySource> ReadyReply(std::string message,
                                               std::optional<TsigSigner> signer,
                                               const Clock& clock);

}  // namespace waypost::transfer
