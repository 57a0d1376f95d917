#include "dnsd/serve/cookies.h"

#include <algorithm>

#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

// RFC 9018 section 4.3: how old a cookie may be, how far a fleet's clocks may differ, and from what
// age on a client is given a new one.
constexpr int32_t kMaxAgeS = 3600;
constexpr int32_t kMaxAheadS = 300;
constexpr int32_t kRenewAgeS = 1800;

constexpr uint8_t kVersion = 1;
// In the option: client cookie, then version, three reserved octets, timestamp, hash.
constexpr size_t kVersionAt = wire::kClientCookieOctets;
constexpr size_t kTimestampAt = kVersionAt + 4;
constexpr size_t kHashAt = kTimestampAt + 4;

/// Over the cookie up to its hash, and the client's address.
uint64_t HashOf(const SipKey& secret, const uint8_t* cookie, const IpAddress& client) noexcept {
  std::array<uint8_t, kHashAt + 16> input;
  std::copy_n(cookie, kHashAt, input.begin());
  const size_t address = client.WriteBytes(input.data() + kHashAt);
  return SipHash24(secret, std::span(input).first(kHashAt + address));
}

/// The order of SipHash's specification: the lowest octet first.
void WriteHash(uint64_t hash, uint8_t* out) noexcept {
  for (unsigned i = 0; i < 8; ++i) out[i] = static_cast<uint8_t>(hash >> (8 * i));
}

void Make(const SipKey& secret, std::span<const uint8_t> option, const IpAddress& client,
          uint32_t now_s, WholeCookie& out) noexcept {
  std::copy_n(option.begin(), wire::kClientCookieOctets, out.begin());
  wire::WriteU32(out.data() + kVersionAt, uint32_t{kVersion} << 24);
  wire::WriteU32(out.data() + kTimestampAt, now_s);
  WriteHash(HashOf(secret, out.data(), client), out.data() + kHashAt);
}

bool IsMadeWith(const SipKey& secret, std::span<const uint8_t> option,
                const IpAddress& client) noexcept {
  return internal::ReadLittleEndian(option.data() + kHashAt, 8) ==
         HashOf(secret, option.data(), client);
}

}  // namespace

bool Cookies::Check(std::span<const uint8_t> option, const IpAddress& client, uint32_t now_s,
                    WholeCookie& reply) const noexcept {
  Make(secrets_.front(), option, client, now_s, reply);
  if (option.size() != reply.size() || option[kVersionAt] != kVersion) return false;
  // Timestamps are serial numbers (RFC 1982), so that 2106 is no special year.
  const auto age_s = static_cast<int32_t>(now_s - wire::ReadU32(option.data() + kTimestampAt));
  if (age_s > kMaxAgeS || age_s < -kMaxAheadS) return false;
  const auto maker = std::ranges::find_if(
      secrets_, [&](const SipKey& secret) { return IsMadeWith(secret, option, client); });
  if (maker == secrets_.end()) return false;
  const bool is_fresh = maker == secrets_.begin() && age_s < kRenewAgeS;
  if (is_fresh) std::ranges::copy(option, reply.begin());
  return true;
}

}  // namespace waypost::serve
