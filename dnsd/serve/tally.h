// What one thread of the data plane counts while it works.
//
// Thread safety: one writer, any readers; each tally has cache lines of its own, so that counting
// never makes two workers wait for one another.
#pragma once

#include <array>
#include <cstdint>

#include "dnsd/base/counter.h"
#include "dnsd/serve/figures.h"
#include "dnsd/steer/topology.h"
#include "dnsd/wire/header.h"

namespace waypost::serve {

struct alignas(64) Tally {
  struct ByTransport {
    std::array<Counter, kCountedTypes.size()> queries;
    std::array<Counter, 24> responses;
    Counter truncated;
  };
  std::array<ByTransport, kTransports> transports;
  Counter dropped_malformed;
  Counter send_errors;
  Counter cookies_good;
  Counter cookies_bad;
  Counter unproven;
  Counter rate_dropped;
  Counter rate_slipped;
  Counter access_refused;
  Counter ignored;
  Counter bad_fronts;
  Counter bad_frames;
  Counter tls_failures;
  Counter ecs_queries;
  Counter decisions;
  std::array<Counter, 6> outcomes;
  std::array<Counter, steer::kMaxPools> answers_by_slot;
  std::array<Counter, 24> decision_time_log2_ns;
  Counter decision_time_sum_ns;
  Counter tcp_accepted;
  Counter tcp_closed;
  Counter tcp_refused;
  Counter tcp_evicted;
  Counter tcp_timeouts;

  void CountQuery(Transport transport, uint16_t qtype) noexcept;
  void CountResponse(Transport transport, wire::Rcode rcode, bool truncated) noexcept;
  void CountDecisionTime(uint64_t ns) noexcept;

  /// Adds what was counted so far; `figures.answers_by_slot` must have steer::kMaxPools places.
  void AddTo(Figures& figures) const noexcept;
};

}  // namespace waypost::serve
