#include "dnsd/serve/tally.h"

#include <algorithm>
#include <bit>

namespace waypost::serve {
namespace {

/// Type -> place in kCountedTypes, for types below 256.
constexpr std::array<uint8_t, 256> PlacesOfTypes() {
  std::array<uint8_t, 256> places{};
  places.fill(kCountedTypes.size() - 1);
  for (size_t i = 0; i + 1 < kCountedTypes.size(); ++i) {
    places[kCountedTypes[i]] = static_cast<uint8_t>(i);
  }
  return places;
}

constexpr auto kPlaces = PlacesOfTypes();

template <size_t N>
void AddAll(const std::array<Counter, N>& counters, std::array<uint64_t, N>& sums) noexcept {
  for (size_t i = 0; i < N; ++i) sums[i] += counters[i].Read();
}

}  // namespace

void Tally::CountQuery(Transport transport, uint16_t qtype) noexcept {
  const size_t place = qtype < kPlaces.size() ? kPlaces[qtype] : kCountedTypes.size() - 1;
  transports[static_cast<size_t>(transport)].queries[place].Add();
}

void Tally::CountResponse(Transport transport, wire::Rcode rcode, bool is_truncated) noexcept {
  ByTransport& here = transports[static_cast<size_t>(transport)];
  here.responses[static_cast<size_t>(rcode)].Add();
  if (is_truncated) here.truncated.Add();
}

void Tally::CountDecisionTime(uint64_t ns) noexcept {
  const auto place = static_cast<size_t>(std::bit_width(ns));  // the least i with ns < 2^i
  decision_time_log2_ns[std::min(place, decision_time_log2_ns.size() - 1)].Add();
  decision_time_sum_ns.Add(ns);
}

void Tally::AddTo(Figures& figures) const noexcept {
  for (size_t t = 0; t < kTransports; ++t) {
    AddAll(transports[t].queries, figures.queries[t]);
    AddAll(transports[t].responses, figures.responses[t]);
    figures.truncated[t] += transports[t].truncated.Read();
  }
  figures.dropped_malformed += dropped_malformed.Read();
  figures.send_errors += send_errors.Read();
  figures.cookies_good += cookies_good.Read();
  figures.cookies_bad += cookies_bad.Read();
  figures.unproven += unproven.Read();
  figures.rate_dropped += rate_dropped.Read();
  figures.rate_slipped += rate_slipped.Read();
  figures.access_refused += access_refused.Read();
  figures.ignored += ignored.Read();
  figures.bad_fronts += bad_fronts.Read();
  figures.bad_frames += bad_frames.Read();
  figures.tls_failures += tls_failures.Read();
  figures.ecs_queries += ecs_queries.Read();
  figures.decisions += decisions.Read();
  AddAll(outcomes, figures.outcomes);
  for (size_t i = 0; i < answers_by_slot.size(); ++i) {
    figures.answers_by_slot[i] += answers_by_slot[i].Read();
  }
  AddAll(decision_time_log2_ns, figures.decision_time_log2_ns);
  figures.decision_time_sum_ns += decision_time_sum_ns.Read();
  // Read in this order, a connection that closes meanwhile never makes the difference negative.
  const uint64_t closed = tcp_closed.Read();
  const uint64_t accepted = tcp_accepted.Read();
  figures.tcp_connections += accepted - std::min(accepted, closed);
  figures.tcp_accepted += accepted;
  figures.tcp_refused += tcp_refused.Read();
  figures.tcp_evicted += tcp_evicted.Read();
  figures.tcp_timeouts += tcp_timeouts.Read();
}

}  // namespace waypost::serve
