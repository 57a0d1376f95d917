// Transaction signatures (TSIG, RFC 8945): keys, what a message's signature is worth, and signing.
//
// Thread safety: keys and rings are immutable; a TsigSigner and a TsigChecker belong to one
// exchange. Errors: a signature that is not good is a TsigVerdict with the error that the RFC gives
// it; nothing here throws.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"
#include "dnsd/transfer/message.h"

namespace waypost::transfer {

enum class Algorithm : uint8_t { kHmacSha1, kHmacSha256, kHmacSha384, kHmacSha512 };

/// Room that a signature of any key takes in a message: two names of 255 octets, the fixed fields,
/// a MAC of 64 octets and 6 octets of other data.
inline constexpr size_t kMaxTsigOctets = 255 + 10 + 255 + 16 + 64 + 6;
/// How far clocks may differ (RFC 8945 section 10).
inline constexpr uint16_t kFudgeS = 300;

struct TsigKey {
  std::string name;  // wire format, lowered
  Algorithm algorithm = Algorithm::kHmacSha256;
  std::string secret;

  /// For logs and revisions; says nothing of the secret.
  std::string NameForPeople() const { return NameText(name); }
};

/// The keys by name.
using KeyRing = std::map<std::string, std::shared_ptr<const TsigKey>, std::less<>>;

/// The secret as `tsig-keygen` writes it: base64, white space ignored.
Result<std::string> ParseSecret(std::string_view base64);

/// RFC 8945 section 3: extended rcodes that stand in a TSIG.
enum class TsigError : uint16_t {
  kNone = 0,
  kFormErr = 1,  // not one of the TSIG's own: the message as a whole gets FORMERR
  kBadSig = 16,
  kBadKey = 17,
  kBadTime = 18,
};

struct TsigVerdict {
  std::shared_ptr<const TsigKey> key;  // null: not signed, or by a key that is not known
  TsigError error = TsigError::kNone;

  bool is_good() const { return error == TsigError::kNone; }
};

/// Signs the messages of one exchange, one after the other.
class TsigSigner {
 public:
  /// Signs a request.
  explicit TsigSigner(std::shared_ptr<const TsigKey> key) : key_(std::move(key)) {}
  /// Signs the replies to a request with this TSIG.
  TsigSigner(std::shared_ptr<const TsigKey> key, const Tsig& request)
      : key_(std::move(key)), prior_mac_(request.mac) {}

  /// Appends the TSIG to the message in the first `octets` of the buffer, which has kMaxTsigOctets
  /// more; returns the new length. BADTIME carries the request's own time, and ours as other data
  /// (RFC 8945 section 5.2.3).
  size_t Sign(std::span<uint8_t> buffer, size_t octets, Wall now);
  size_t SignBadTime(std::span<uint8_t> buffer, size_t octets, uint64_t request_time_s, Wall now);

  /// What Sign adds to a message.
  size_t octets() const;
  const std::string& mac() const { return prior_mac_; }

 private:
  size_t SignWith(std::span<uint8_t> buffer, size_t octets, const Tsig& fields);

  std::shared_ptr<const TsigKey> key_;
  std::string prior_mac_;
  bool is_first_ = true;
};

/// What the signature of a request is worth. `message`: as read from `octets`.
TsigVerdict CheckRequest(std::span<const uint8_t> octets, const Message& message,
                         const KeyRing& keys, Wall now);

/// Appends the TSIG, without a MAC, that tells the peer that it has a bad key or signature.
size_t AppendUnsigned(std::span<uint8_t> buffer, size_t octets, const Tsig& request,
                      TsigError error);

/// Checks the replies to a request that was signed: the first and the last must be signed, and at
/// least every hundredth between (RFC 8945 section 5.3.1).
class TsigChecker {
 public:
  TsigChecker(std::shared_ptr<const TsigKey> key, std::string request_mac)
      : key_(std::move(key)), prior_mac_(std::move(request_mac)) {}

  /// kNone also for an unsigned message between signed ones.
  TsigError Check(std::span<const uint8_t> octets, const Message& message, Wall now);
  /// Whether the message before was signed: then the exchange may end with it.
  bool may_end() const { return unsigned_.empty() && !is_first_; }

 private:
  const std::shared_ptr<const TsigKey> key_;
  std::string prior_mac_;
  std::string unsigned_;  // messages since the last signature
  unsigned unsigned_count_ = 0;
  bool is_first_ = true;
};

}  // namespace waypost::transfer
