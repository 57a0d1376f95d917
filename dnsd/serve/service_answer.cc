#include "dnsd/serve/service_answer.h"

#include <array>

#include "dnsd/serve/sections.h"
#include "dnsd/steer/service_rdata.h"
#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

using steer::Decision;
using steer::EndpointIndex;
using steer::Offer;
using steer::Record;
using steer::Topology;
using wire::Section;

const Topology& TopologyOf(const Exchange& x) noexcept { return x.snapshot.steering->topology; }

/// RDATA of an RRset as wire::Records wants it.
template <size_t kOctets>
struct Packed {
  uint16_t count = 0;
  size_t size = 0;
  std::array<uint8_t, kOctets> octets;

  /// `write`: from an address to the length of what it wrote there.
  template <typename Write>
  void Append(Write write) noexcept {
    const size_t length = write(octets.data() + size + 2);
    wire::WriteU16(octets.data() + size, static_cast<uint16_t>(length));
    size += 2 + length;
    ++count;
  }
  wire::Records AsRecords(uint16_t type, uint32_t ttl_s) const noexcept {
    return {.type = type, .count = count, .ttl_s = ttl_s, .rdata = {octets.data(), size}};
  }
};

using PackedService = Packed<steer::kMaxAnswers*(2 + steer::kMaxServiceRdata)>;
using PackedHints = Packed<steer::kMaxAnswers*(2 + 16)>;

/// False: it did not fit.
bool AddRecords(Exchange& x, zone::NameView owner, const Record& record, const Decision& decision,
                bool with_hints) noexcept {
  PackedService packed;
  ForEachRecord(record, decision, x.query.qtype, x.snapshot.world(), with_hints,
                [&](auto write) { packed.Append(write); });
  return x.writer.Add(Section::kAnswer, owner, packed.AsRecords(x.query.qtype, decision.ttl_s));
}

void AddAddresses(Exchange& x, zone::NameView target, std::span<const EndpointIndex> endpoints,
                  IpFamily family, uint32_t ttl_s) noexcept {
  PackedHints packed;
  for (const EndpointIndex e : endpoints) {
    const IpAddress& address = TopologyOf(x).endpoints[e].address;
    if (address.family() != family) continue;
    packed.Append([&](uint8_t* out) { return address.WriteBytes(out); });
  }
  if (packed.count == 0) return;
  const uint16_t type = family == IpFamily::kV4 ? zone::kA : zone::kAaaa;
  x.writer.Add(Section::kAdditional, target, packed.AsRecords(type, ttl_s));
}

void AddTarget(Exchange& x, const Record& record, const Offer& offer, uint32_t ttl_s) noexcept {
  if (!TopologyOf(x).endpoints[offer.endpoints[0]].cname.is_root()) return;
  std::array<uint8_t, wire::kMaxNameOctets> name;
  const size_t size =
      WriteTarget(*record.service, TopologyOf(x), offer.endpoints[0], offer.is_pool, name.data());
  const zone::NameView target(name.data(), size);
  AddAddresses(x, target, offer.all(), IpFamily::kV4, ttl_s);
  AddAddresses(x, target, offer.all(), IpFamily::kV6, ttl_s);
}

}  // namespace

void AddServiceAnswer(Exchange& x, zone::NameView owner, const Record& record,
                      const Decision& decision) noexcept {
  const bool is_srv = x.query.qtype == zone::kSrv;
  const bool has_hints = !is_srv && record.service->hints;
  const bool is_added = (has_hints && AddRecords(x, owner, record, decision, true)) ||
                        AddRecords(x, owner, record, decision, false);
  if (!is_added) return x.writer.SetTruncated();
  ForEachTier(decision, [&](std::span<const EndpointIndex> tier, uint16_t priority) {
    if (!is_srv) {
      return ForEachOffer(tier, priority, TopologyOf(x),
                          [&](const Offer& offer) { AddTarget(x, record, offer, decision.ttl_s); });
    }
    for (const EndpointIndex e : tier) {
      AddTarget(x, record, {.count = 1, .endpoints = {e}}, decision.ttl_s);
    }
  });
}

const steer::Endpoint* FindSpelled(const Topology& topology, const Record& record,
                                   zone::NameView name) noexcept {
  // Without the one label of the wildcard itself.
  const size_t above = record.name.wire().size() - 2;
  const size_t label = name[0];
  if (name.size() != 1 + label + above) return nullptr;
  const std::string_view text = zone::AsText(name.subspan(1, label));
  const steer::Pool& pool = topology.pools[record.candidates->all[0]];
  for (EndpointIndex e = pool.first; e < pool.first + pool.v4 + pool.v6; ++e) {
    if (topology.endpoints[e].label == text) return &topology.endpoints[e];
  }
  return nullptr;
}

}  // namespace waypost::serve
