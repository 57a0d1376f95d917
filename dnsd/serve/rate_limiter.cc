#include "dnsd/serve/rate_limiter.h"

#include <algorithm>
#include <bit>

#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

constexpr unsigned kTimeBits = 44;  // microseconds; what lies further off is not in use
constexpr uint64_t kTimeMask = (uint64_t{1} << kTimeBits) - 1;
constexpr uint8_t kV4Bits = 24;
constexpr uint8_t kV6Bits = 56;
constexpr size_t kMaxAlikeOctets = 256;

/// Unlike the place in the table, of the hash's upper bits.
uint64_t TagOf(uint64_t hash) noexcept { return hash & ~kTimeMask; }

uint64_t HashOf(const SipKey& key, const IpAddress& client, AnswerClass answer,
                std::span<const uint8_t> alike) noexcept {
  std::array<uint8_t, 9 + kMaxAlikeOctets> input;
  // Both networks lie in the upper half of an address.
  const uint64_t network = client.Masked(client.is_v4() ? kV4Bits : kV6Bits).high();
  wire::WriteU32(input.data(), static_cast<uint32_t>(network >> 32));
  wire::WriteU32(input.data() + 4, static_cast<uint32_t>(network));
  input[8] = static_cast<uint8_t>(static_cast<unsigned>(answer) << 1 | (client.is_v4() ? 1U : 0U));
  alike = alike.first(std::min(alike.size(), kMaxAlikeOctets));
  std::ranges::copy(alike, input.begin() + 9);
  return SipHash24(key, std::span(input).first(9 + alike.size()));
}

}  // namespace

RateLimiter::RateLimiter(size_t accounts, const SipKey& key)
    : key_(key),
      mask_(std::bit_ceil(std::max(accounts, kMinAccounts)) - 1),
      words_(std::make_unique<std::atomic<uint64_t>[]>(mask_ + 1)) {}

uint64_t RateLimiter::AheadUs(uint64_t word, uint64_t now_us) noexcept {
  const uint64_t ahead = (word - now_us) & kTimeMask;
  return ahead <= kBurstUs ? ahead : 0;
}

std::atomic<uint64_t>& RateLimiter::Place(uint64_t hash, uint64_t now_us) noexcept {
  const size_t first = hash & mask_ & ~(kWays - 1);
  size_t least_used = first;
  for (size_t i = first; i < first + kWays; ++i) {
    const uint64_t word = words_[i].load(std::memory_order_relaxed);
    if (TagOf(word) == TagOf(hash)) return words_[i];
    const uint64_t least = words_[least_used].load(std::memory_order_relaxed);
    if (AheadUs(word, now_us) < AheadUs(least, now_us)) least_used = i;
  }
  words_[least_used].store(TagOf(hash) | (now_us & kTimeMask), std::memory_order_relaxed);
  return words_[least_used];
}

bool RateLimiter::Allows(const IpAddress& client, AnswerClass answer,
                         std::span<const uint8_t> alike, uint32_t per_second,
                         uint64_t now_us) noexcept {
  const uint64_t hash = HashOf(key_, client, answer, alike);
  std::atomic<uint64_t>& account = Place(hash, now_us);
  const uint64_t used_us =
      AheadUs(account.load(std::memory_order_relaxed), now_us) + kBurstUs / per_second;
  if (used_us > kBurstUs) return false;
  account.store(TagOf(hash) | ((now_us + used_us) & kTimeMask), std::memory_order_relaxed);
  return true;
}

}  // namespace waypost::serve
