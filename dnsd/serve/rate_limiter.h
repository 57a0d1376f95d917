// Response rate limiting: of answers that are alike, each client network gets so many a second, so
// that a server is of little use for flooding a victim whose address is forged.
//
// Alike are: positive answers to the same question; answers from one zone's wildcards and DNAMEs;
// "no such name", "no such data" and referrals of one zone; errors. A network is a /24 or a /56.
//
// One table for all workers: 64-bit words, each a tag and the time up to which the account is used
// up (the virtual scheduling of GCRA, ITU-T I.371). Its size never changes. When four accounts that
// compete for one place are all in use, the least used one is given up, which can only let through
// more than was asked for.
//
// Thread safety: any thread, without a lock; two workers that count the same account in the same
// instant may count one answer instead of two. Nothing allocates after construction.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "dnsd/base/ip.h"
#include "dnsd/base/prefix_set.h"
#include "dnsd/base/siphash.h"

namespace waypost::serve {

enum class AnswerClass : uint8_t { kPositive, kWildcard, kNoData, kNxDomain, kReferral, kError };
inline constexpr size_t kAnswerClasses = 6;

struct RateLimits {
  /// Answers a second for each account, by class; 0: without limit.
  std::array<uint32_t, kAnswerClasses> per_second{200, 200, 200, 200, 200, 200};
  /// One of so many answers over the limit is sent as a bare TC, so that a real client comes back
  /// over TCP; 0: none, 1: all.
  uint32_t slip = 2;
  PrefixSet exempt;
};

class RateLimiter {
 public:
  /// What may be answered at once after a quiet second: a whole second's worth.
  static constexpr uint64_t kBurstUs = 1'000'000;
  static constexpr size_t kMinAccounts = 1024;

  /// `accounts` is rounded up to a power of two; 8 octets each. `key`: secret.
  RateLimiter(size_t accounts, const SipKey& key);

  /// Counts one answer to the network of `client`; false: it is over the limit and not counted.
  /// `alike`: what else the answer's account depends on, at most 256 octets.
  bool Allows(const IpAddress& client, AnswerClass answer, std::span<const uint8_t> alike,
              uint32_t per_second, uint64_t now_us) noexcept;

 private:
  static constexpr size_t kWays = 4;

  /// How far ahead of now the account is used up; at most kBurstUs.
  static uint64_t AheadUs(uint64_t word, uint64_t now_us) noexcept;
  std::atomic<uint64_t>& Place(uint64_t hash, uint64_t now_us) noexcept;

  const SipKey key_;
  const size_t mask_;
  const std::unique_ptr<std::atomic<uint64_t>[]> words_;
};

}  // namespace waypost::serve
