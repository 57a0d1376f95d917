// The OPT record of a reply (RFC 6891): what the server says of itself, and the answers to the
// options of the query.
//
// Thread safety: pure. Ownership: spans are borrowed for the time of one reply. Nothing allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dnsd/wire/edns.h"
#include "dnsd/wire/header.h"

namespace waypost::wire {

inline constexpr size_t kMaxNsidOctets = 128;
/// A server cookie as we make it (RFC 9018 section 4) behind the client's.
inline constexpr size_t kReplyCookieOctets = 24;
/// Padded replies are a multiple of this long (RFC 8467 section 4.1).
inline constexpr size_t kPaddingBlockOctets = 468;

/// INFO-CODEs that we send (RFC 8914 section 4).
enum class ExtendedError : uint16_t {
  kNotReady = 14,
  kProhibited = 18,
  kNotAuthoritative = 20,
  kNotSupported = 21,
  kInvalidData = 24,
};

/// What is known before the reply is put together; room for it is set aside.
struct ReplyOptions {
  std::span<const uint8_t> nsid;      // at most kMaxNsidOctets; sent if asked for
  std::span<const uint8_t> cookie;    // at most kReplyCookieOctets; empty: none
  uint16_t keepalive_100ms = 0;       // sent if asked for; 0: not over this transport
  bool may_pad = false;               // only where the transport is encrypted
  uint16_t payload = kMaxUdpPayload;  // the largest UDP message that we take
};

/// What is known at the end; an extended error goes in only if there is room.
struct ReplyOutcome {
  Rcode rcode = Rcode::kNoError;
  uint8_t scope = 0;  // of the client subnet's echo
  std::optional<ExtendedError> error;
};

/// What must be set aside for the record. Precondition: the query has OPT.
size_t OptOctets(const Edns& edns, const ReplyOptions& options) noexcept;

/// Writes the record at `buffer[at]` and returns its length. `buffer`: the whole reply as long as
/// it may become. Precondition: the query has OPT, and OptOctets fit.
size_t WriteOpt(const Edns& edns, const ReplyOptions& options, const ReplyOutcome& outcome,
                std::span<uint8_t> buffer, size_t at) noexcept;

}  // namespace waypost::wire
