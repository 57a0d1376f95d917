#include "dnsd/serve/steered.h"

#include <algorithm>
#include <array>

#include "dnsd/serve/sections.h"
#include "dnsd/serve/service_answer.h"
#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

using steer::Decision;
using steer::Want;
using wire::Section;

/// The client subnet if the query tells one and zone and policy look at it, else the resolver's
/// whole address (RFC 7871 section 7.2.1). A subnet of no bits tells nothing about the client.
/// Lookahead asks the same, as soon as it knows each part.
bool UsesSubnet(const Exchange& x, const ServedZone& served, const steer::Record& record) noexcept {
  return x.query.edns.subnet.tells_client() && served.ecs && record.ecs;
}

steer::Client Locate(const Exchange& x, bool uses_subnet) noexcept {
  const wire::ClientSubnet& subnet = x.query.edns.subnet;
  const IpAddress& address = uses_subnet ? subnet.address : x.resolver;
  return {.address = address,
          .source_length = uses_subnet ? subnet.source_length : address.bits(),
          .located = x.snapshot.clients->Find(address)};
}

Decision Decide(Exchange& x, const ServedZone& served, const steer::Record& record,
                Want want) noexcept {
  const bool uses_subnet = UsesSubnet(x, served, record);
  const bool is_located = x.hint.steered == &record && x.hint.served == &served;
  const Decision decision =
      is_located ? x.chooser.Choose(x.snapshot, record, want, x.hint.client)
                 : x.chooser.Choose(x.snapshot, record, want, Locate(x, uses_subnet));
  if (uses_subnet) x.scope = std::max(x.scope, decision.scope);
  return decision;
}

/// RDATA of an answer's addresses as wire::Records wants it.
struct PackedAddresses {
  size_t size = 0;
  std::array<uint8_t, steer::kMaxAnswers*(2 + 16)> octets;

  void Append(const IpAddress& address) noexcept {
    const size_t length = address.WriteBytes(octets.data() + size + 2);
    wire::WriteU16(octets.data() + size, static_cast<uint16_t>(length));
    size += 2 + length;
  }
};

/// What such a name says holds as long as the pool has the endpoint, in sickness and in health.
void AddSpelled(Exchange& x, const ServedZone& served, zone::NameView name,
                const steer::Record& record) noexcept {
  const auto* endpoint = FindSpelled(x.snapshot.steering->topology, record, name);
  const bool is_asked =
      endpoint != nullptr && endpoint->address.is_v4() == (x.query.qtype == zone::kA);
  if (!is_asked) return AddNegative(x, *served.zone, record.ttl_max_s);
  PackedAddresses packed;
  packed.Append(endpoint->address);
  AddRequired(x, Section::kAnswer, name,
              {.type = x.query.qtype,
               .count = 1,
               .ttl_s = record.ttl_max_s,
               .rdata = {packed.octets.data(), packed.size}});
}

}  // namespace

Want WantOf(uint16_t qtype, const steer::Record& record) noexcept {
  if (record.types.Has(zone::kCname)) return Want::kCname;
  if (zone::kServiceTypes.Has(qtype)) return Want::kService;
  return qtype == zone::kA ? Want::kA : Want::kAaaa;
}

bool IsThere(const Exchange& x, const ServedZone& served, zone::NameView name,
             const zone::Node& node) noexcept {
  if (!node.steered().any()) return true;
  const steer::Record& record = *served.steered[node.steered().slot];
  return record.role != steer::Role::kEndpoints ||
         FindSpelled(x.snapshot.steering->topology, record, name) != nullptr;
}

void AddSteered(Exchange& x, const ServedZone& served, zone::NameView owner,
                const zone::Node& node) noexcept {
  const steer::Record& record = *served.steered[node.steered().slot];
  if (record.role == steer::Role::kEndpoints) return AddSpelled(x, served, owner, record);
  const Want want = WantOf(x.query.qtype, record);
  const Decision decision = Decide(x, served, record, want);
  if (decision.count == 0) return AddNegative(x, *served.zone, decision.ttl_s);
  if (want == Want::kService) return AddServiceAnswer(x, owner, record, decision);
  PackedAddresses packed;
  for (size_t i = 0; i < decision.count; ++i) {
    packed.Append(x.snapshot.steering->topology.endpoints[decision.endpoints[i]].address);
  }
  AddRequired(x, Section::kAnswer, owner,
              {.type = x.query.qtype,
               .count = decision.count,
               .ttl_s = decision.ttl_s,
               .rdata = {packed.octets.data(), packed.size}});
}

zone::NameView AddSteeredAlias(Exchange& x, const ServedZone& served, zone::NameView owner,
                               const zone::Node& node) noexcept {
  const steer::Record& record = *served.steered[node.steered().slot];
  const Decision decision = Decide(x, served, record, Want::kCname);
  if (decision.count == 0) {
    AddNegative(x, *served.zone, decision.ttl_s);
    return {};
  }
  const auto& endpoint = x.snapshot.steering->topology.endpoints[decision.endpoints[0]];
  const auto target = zone::AsView(endpoint.cname.wire());
  return AddAlias(x, owner, target, decision.ttl_s) ? target : zone::NameView{};
}

}  // namespace waypost::serve
