// What the data plane counts, as plain numbers summed over the workers.
//
// Thread safety: a value.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace waypost::serve {

enum class Transport : uint8_t { kUdp, kTcp, kTls };
inline constexpr size_t kTransports = 3;
/// Types that are counted by themselves; all others share the last place.
inline constexpr std::array<uint16_t, 14> kCountedTypes = {1,  2,  5,  6,  12, 15,  16,
                                                           28, 33, 43, 48, 65, 255, 0};

struct Figures {
  std::array<std::array<uint64_t, kCountedTypes.size()>, kTransports>
      queries{};  // by transport and type
  std::array<std::array<uint64_t, 24>, kTransports>
      responses{};  // by transport and (extended) rcode
  std::array<uint64_t, kTransports> truncated{};
  uint64_t dropped_malformed = 0;  // shorter than a header, or a reply: never answered
  uint64_t send_errors = 0;
  uint64_t cookies_good = 0;    // queries whose server cookie proved their address
  uint64_t cookies_bad = 0;     // with a server cookie that did not
  uint64_t unproven = 0;        // turned away because cookies are required: BADCOOKIE or bare TC
  uint64_t rate_dropped = 0;    // answers over the rate limit that were not sent
  uint64_t rate_slipped = 0;    // and those sent as bare TC
  uint64_t access_refused = 0;  // outside of an access list
  uint64_t ignored = 0;         // datagrams from port 0 or from ourselves
  uint64_t bad_fronts = 0;      // from a trusted front without a good PROXY header
  uint64_t bad_frames = 0;      // that XDP handed over and that hold no whole datagram
  uint64_t lost_frames = 0;     // that XDP had no room for
  uint64_t tls_failures = 0;    // connections whose handshake or encryption failed
  uint64_t ecs_queries = 0;
  uint64_t decisions = 0;
  std::array<uint64_t, 6> outcomes{};     // by steer::Outcome
  std::vector<uint64_t> answers_by_slot;  // by Snapshot::pool_slots
  /// One decision in 256 is timed: count of those that took from 2^(i-1) to less than 2^i ns, i =
  /// 0..23; those that took longer are in the last place.
  std::array<uint64_t, 24> decision_time_log2_ns{};
  uint64_t decision_time_sum_ns = 0;
  uint64_t tcp_connections = 0;  // open now
  uint64_t tcp_accepted = 0;
  uint64_t tcp_refused = 0;  // over the limit
  uint64_t tcp_evicted = 0;  // idle, closed for the sake of a new one
  uint64_t tcp_timeouts = 0;
};

}  // namespace waypost::serve
