#include "dnsd/steer/compile_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/steer/checks.h"
#include "dnsd/steer/service_rdata.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {
namespace {

constexpr zone::SteeredTypes kBindings = {zone::kSvcb, zone::kHttps};
constexpr uint32_t kMaxPort = 65535;
constexpr int kMaxProtocols = 8;
constexpr uint8_t kDefaultTiers = 2;

/// '_sip._tcp' and '*' are no parts of host names.
wire::Name HostPartOf(wire::Name name) {
  while (!name.is_root() && (name.wire()[1] == '_' || name.is_wildcard())) name = name.Parent();
  return name;
}

std::string CompileAlpn(const v1::Service& message, const Reporter& report) {
  std::string value;
  if (message.alpn_size() > kMaxProtocols) {
    report.Fail("alpn", fmt::format("more than {}", kMaxProtocols));
  }
  for (int i = 0; i < message.alpn_size(); ++i) {
    const std::string& protocol = message.alpn(i);
    const std::string field = Nth("alpn", static_cast<size_t>(i));
    if (protocol.empty()) report.Fail(field, "is empty");
    value += static_cast<char>(protocol.size());
    value += protocol;
    if (value.size() <= kMaxAlpnOctets) continue;
    report.Fail(field, fmt::format("makes more than {} octets of protocols", kMaxAlpnOctets));
    return "";
  }
  return value;
}

void CheckBindings(const v1::Service& message, const Record& record, const Reporter& report) {
  if (message.no_default_alpn() && message.alpn().empty()) {
    report.Fail("no_default_alpn", "needs an alpn (RFC 9460 section 7.1.1)");
  }
  if (!message.alpn().empty() && !record.types.HasAnyOf(kBindings)) {
    report.Fail("alpn", "counts only with HTTPS or SVCB");
  }
}

bool HasPort(const Endpoint& endpoint) { return endpoint.port != 0; }

void CheckPort(const v1::Service& message, const Topology& topology, const Record& record,
               const Reporter& report) {
  if (message.port() > kMaxPort) report.Fail("port", "is above 65535");
  if (message.port() != 0 || !record.types.Has(zone::kSrv)) return;
  for (const PoolIndex pool : record.candidates->all) {
    const Pool& p = topology.pools[pool];
    const auto first = topology.endpoints.begin() + p.first;
    if (std::all_of(first, first + p.v4 + p.v6, HasPort)) continue;
    report.Fail("port", Quoted("pool", p.name) + " has endpoints without one, and SRV needs it");
    return;
  }
}

wire::Name CompileTargets(const v1::Service& message, const Record& record,
                          const Reporter& report) {
  if (message.targets().empty()) return HostPartOf(record.name);
  const auto name = wire::Name::Parse(message.targets());
  if (!name) {
    report.Fail("targets", name.error().message);
    return HostPartOf(record.name);
  }
  return name->Lowered();
}

uint8_t CompileTiers(const v1::Service& message, const Reporter& report) {
  if (message.tiers() > kMaxTiers) report.Fail("tiers", fmt::format("is above {}", kMaxTiers));
  const bool is_given = message.tiers() > 0 && message.tiers() <= kMaxTiers;
  return is_given ? static_cast<uint8_t>(message.tiers()) : kDefaultTiers;
}

}  // namespace

std::string HostLabel(std::string_view name) {
  std::string label(name);
  std::transform(label.begin(), label.end(), label.begin(), [](char c) {
    const auto octet = static_cast<char>(wire::Lower(static_cast<uint8_t>(c)));
    return octet == '.' || octet == ':' ? '-' : octet;
  });
  return label;
}

std::string HostLabel(const IpAddress& address) {
  if (address.is_v4()) return HostLabel(address.ToString());
  std::string label;
  for (int shift = 48; shift >= 0; shift -= 16) {
    label += fmt::format("{:x}-", address.high() >> shift & 0xFFFF);
  }
  for (int shift = 48; shift >= 0; shift -= 16) {
    label += fmt::format("{:x}{}", address.low() >> shift & 0xFFFF, shift > 0 ? "-" : "");
  }
  return label;
}

void CompileService(const v1::Record& message, const Topology& topology, Record& record,
                    const Reporter& report) {
  if (!record.types.HasAnyOf(zone::kServiceTypes)) {
    if (message.has_service()) report.Fail("service", "counts only with SRV, HTTPS or SVCB");
    return;
  }
  const v1::Service& declared = message.service();
  const Reporter at = report.In("service");
  CheckPort(declared, topology, record, at);
  CheckBindings(declared, record, at);
  auto service = std::make_shared<Service>();
  service->port = static_cast<uint16_t>(declared.port());
  service->alpn = CompileAlpn(declared, at);
  service->no_default_alpn = declared.no_default_alpn();
  service->hints = !declared.has_hints() || declared.hints();
  service->tiers = CompileTiers(declared, at);
  service->targets = CompileTargets(declared, record, at);
  record.service = std::move(service);
}

}  // namespace waypost::steer
