// One request of a secondary to a primary, and what its replies are worth: for the SOA, for the
// whole zone (AXFR), or for what is new in it (IXFR).
//
// Thread safety: one thread. Errors: a Trouble that names the layer at fault.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "dnsd/base/clock.h"
#include "dnsd/transfer/message.h"
#include "dnsd/transfer/trouble.h"
#include "dnsd/transfer/tsig.h"

namespace waypost::transfer {

class Request {
 public:
  /// `known_soa`: RDATA of the SOA that an IXFR starts from, else empty. `key`: null: not signed.
  Request(uint16_t id, Question question, std::string known_soa,
          std::shared_ptr<const TsigKey> key);

  /// The octets to send; to be called once. A signature tells the time.
  std::string Write(Wall now);
  /// Whether a datagram can be a reply at all; others are nobody's fault but a forger's.
  bool IsAnsweredBy(std::span<const uint8_t> datagram) const;
  /// The next message of the reply, if all is well with it.
  Tried<Message> Read(std::span<const uint8_t> octets, Wall now);
  /// Whether the reply may end with the message that was read last: what is signed ends signed.
  bool MayEnd() const { return !checker_ || checker_->may_end(); }

 private:
  Tried<Message> CheckSignature(std::span<const uint8_t> octets, Message message, Wall now);

  const uint16_t id_;
  const Question question_;
  const std::string known_soa_;
  const std::shared_ptr<const TsigKey> key_;
  std::optional<TsigChecker> checker_;
};

/// REFUSED, or RCODE 23.
std::string RcodeName(uint16_t rcode);

/// The serial in the reply to a question for the SOA.
Tried<uint32_t> SerialFrom(const Message& reply, const Question& question);

}  // namespace waypost::transfer
