#include "dnsd/steer/service_rdata.h"

#include <string_view>

#include "dnsd/wire/octets.h"

namespace waypost::steer {
namespace {

// SvcParamKeys (RFC 9460 section 14.3.2).
constexpr uint16_t kAlpn = 1;
constexpr uint16_t kNoDefaultAlpn = 2;
constexpr uint16_t kPort = 3;
constexpr uint16_t kIpv4Hint = 4;
constexpr uint16_t kIpv6Hint = 6;

uint8_t* Write16(uint8_t* at, uint16_t value) noexcept {
  wire::WriteU16(at, value);
  return at + 2;
}

uint8_t* WriteText(uint8_t* at, std::string_view text) noexcept {
  return std::copy(text.begin(), text.end(), at);
}

uint8_t* WriteLabel(uint8_t* at, std::string_view label) noexcept {
  *at++ = static_cast<uint8_t>(label.size());
  return WriteText(at, label);
}

uint8_t* WriteParam(uint8_t* at, uint16_t key, std::string_view value) noexcept {
  at = Write16(Write16(at, key), static_cast<uint16_t>(value.size()));
  return WriteText(at, value);
}

uint16_t PortOf(const Service& service, const Endpoint& endpoint) noexcept {
  return endpoint.port != 0 ? endpoint.port : service.port;
}

uint8_t* WritePort(uint8_t* at, uint16_t port) noexcept {
  return Write16(Write16(Write16(at, kPort), 2), port);
}

/// Nothing if there is no address of the family.
uint8_t* WriteHints(uint8_t* at, const Topology& topology, const Offer& offer,
                    IpFamily family) noexcept {
  uint8_t* value = at + 4;
  for (const EndpointIndex e : offer.all()) {
    const IpAddress& address = topology.endpoints[e].address;
    if (address.family() == family) value += address.WriteBytes(value);
  }
  if (value == at + 4) return at;
  Write16(at, family == IpFamily::kV4 ? kIpv4Hint : kIpv6Hint);
  Write16(at + 2, static_cast<uint16_t>(value - at - 4));
  return value;
}

}  // namespace

bool IsOfferedAlone(const Endpoint& endpoint, const Pool& pool) noexcept {
  return pool.has_ports || !endpoint.cname.is_root();
}

size_t WriteTarget(const Service& service, const Topology& topology, EndpointIndex endpoint,
                   bool is_pool, uint8_t* out) noexcept {
  const Endpoint& e = topology.endpoints[endpoint];
  uint8_t* at = out;
  if (!e.cname.is_root()) return static_cast<size_t>(WriteText(at, e.cname.wire()) - out);
  if (!is_pool) at = WriteLabel(at, e.label);
  at = WriteLabel(at, topology.pools[e.pool].label);
  return static_cast<size_t>(WriteText(at, service.targets.wire()) - out);
}

size_t WriteSrv(const Service& service, const Topology& topology, EndpointIndex endpoint,
                uint16_t priority, uint16_t weight, uint8_t* out) noexcept {
  uint8_t* at = Write16(Write16(out, priority), weight);
  at = Write16(at, PortOf(service, topology.endpoints[endpoint]));
  at += WriteTarget(service, topology, endpoint, /*is_pool=*/false, at);
  return static_cast<size_t>(at - out);
}

size_t WriteBinding(const Service& service, const Topology& topology, const Offer& offer,
                    bool with_hints, uint8_t* out) noexcept {
  const Endpoint& first = topology.endpoints[offer.endpoints[0]];
  uint8_t* at = Write16(out, offer.priority);
  at += WriteTarget(service, topology, offer.endpoints[0], offer.is_pool, at);
  // By ascending key (RFC 9460 section 2.2).
  if (!service.alpn.empty()) at = WriteParam(at, kAlpn, service.alpn);
  if (service.no_default_alpn) at = WriteParam(at, kNoDefaultAlpn, "");
  if (const uint16_t port = PortOf(service, first); port != 0) at = WritePort(at, port);
  if (with_hints && first.cname.is_root()) {
    at = WriteHints(at, topology, offer, IpFamily::kV4);
    at = WriteHints(at, topology, offer, IpFamily::kV6);
  }
  return static_cast<size_t>(at - out);
}

}  // namespace waypost::steer
