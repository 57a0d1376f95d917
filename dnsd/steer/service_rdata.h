// RDATA of SRV (RFC 2782) and of SVCB and HTTPS (RFC 9460) that say where a decision sends clients,
// and the names in it.
//
//   POOL.TARGETS          the endpoints of a pool
//   ADDRESS.POOL.TARGETS  one endpoint
//   CNAME                 an endpoint that is a name
//
// SRV has a record for each endpoint. SVCB and HTTPS have one for all endpoints of a tier in one
// pool, but for each endpoint of its own where they listen on ports of their own or are names.
//
// Thread safety: pure. Errors: none; the names were checked when they were compiled. Nothing
// allocates.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "dnsd/steer/decide.h"
#include "dnsd/steer/steering.h"

namespace waypost::steer {

/// Of the SvcParamValue of alpn.
inline constexpr size_t kMaxAlpnOctets = 255;

/// Of one RDATA: priority, target, alpn, no-default-alpn, port, and addresses of both families.
inline constexpr size_t kMaxServiceRdata =
    2 + wire::kMaxNameOctets + (4 + kMaxAlpnOctets) + 4 + 6 + 2 * 4 + kMaxAnswers * 16;

/// Endpoints that share a target, of one tier.
struct Offer {
  uint16_t priority = 1;
  bool is_pool = false;  // the target is that of the pool
  uint8_t count = 0;
  std::array<EndpointIndex, kMaxAnswers> endpoints;  // the first `count`

  std::span<const EndpointIndex> all() const { return {endpoints.data(), count}; }
};

/// The lowered target of an endpoint, or of its pool; returns its length. `out`: kMaxNameOctets.
size_t WriteTarget(const Service& service, const Topology& topology, EndpointIndex endpoint,
                   bool is_pool, uint8_t* out) noexcept;

/// RDATA; returns its length. `out`: kMaxServiceRdata. `weight`: of the endpoint, in effect.
size_t WriteSrv(const Service& service, const Topology& topology, EndpointIndex endpoint,
                uint16_t priority, uint16_t weight, uint8_t* out) noexcept;
size_t WriteBinding(const Service& service, const Topology& topology, const Offer& offer,
                    bool with_hints, uint8_t* out) noexcept;

/// The endpoint's weight, times its pool's as per cent: what SRV says.
constexpr uint16_t SrvWeight(uint16_t endpoint, uint16_t pool) {
  const uint32_t weight = (uint32_t{endpoint} * pool + 50) / 100;
  return static_cast<uint16_t>(weight < 0xFFFF ? weight : 0xFFFF);
}

bool IsOfferedAlone(const Endpoint& endpoint, const Pool& pool) noexcept;

/// Calls `visit` with each Offer of `tier`, in the order of the endpoints.
template <typename Visit>
void ForEachOffer(std::span<const EndpointIndex> tier, uint16_t priority, const Topology& topology,
                  Visit visit) {
  for (size_t i = 0; i < tier.size(); ++i) {
    const PoolIndex pool = topology.endpoints[tier[i]].pool;
    Offer offer{.priority = priority};
    offer.is_pool = !IsOfferedAlone(topology.endpoints[tier[i]], topology.pools[pool]);
    const auto is_of_pool = [&](EndpointIndex e) { return topology.endpoints[e].pool == pool; };
    const bool was_offered =
        offer.is_pool && std::any_of(tier.begin(), tier.begin() + i, is_of_pool);
    if (was_offered) continue;
    offer.endpoints[offer.count++] = tier[i];
    for (size_t k = i + 1; offer.is_pool && k < tier.size(); ++k) {
      if (is_of_pool(tier[k])) offer.endpoints[offer.count++] = tier[k];
    }
    visit(offer);
  }
}

/// Calls `visit` with each tier's endpoints and its priority.
template <typename Visit>
void ForEachTier(const Decision& decision, Visit visit) {
  size_t start = 0;
  for (uint8_t tier = 0; tier < decision.tiers; ++tier) {
    const size_t end = decision.tier_ends[tier];
    visit(std::span(decision.endpoints).subspan(start, end - start),
          static_cast<uint16_t>(tier + 1));
    start = end;
  }
}

/// Calls `append` for each record of an answer, with what writes its RDATA to an address and
/// returns the length.
template <typename Append>
void ForEachRecord(const Record& record, const Decision& decision, uint16_t type,
                   const World& world, bool with_hints, Append append) {
  const Topology& topology = world.steering->topology;
  ForEachTier(decision, [&](std::span<const EndpointIndex> tier, uint16_t priority) {
    if (type == zone::kSrv) {
      for (const EndpointIndex e : tier) {
        const uint16_t weight = SrvWeight(world.board->endpoint(e).weight,
                                          world.board->pool(topology.endpoints[e].pool).weight);
        append([&](uint8_t* out) {
          return WriteSrv(*record.service, topology, e, priority, weight, out);
        });
      }
      return;
    }
    ForEachOffer(tier, priority, topology, [&](const Offer& offer) {
      append([&](uint8_t* out) {
        return WriteBinding(*record.service, topology, offer, with_hints, out);
      });
    });
  });
}

}  // namespace waypost::steer
