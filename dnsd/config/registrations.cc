#include "dnsd/config/registrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"
#include "dnsd/steer/checks.h"
#include "dnsd/steer/compile_topology.h"

namespace waypost::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr const char* kAnybody = "*";
constexpr uint32_t kMaxNumber = 65535;  // of ports and weights
constexpr uint32_t kMostRegistered = 4096;
constexpr steer::DurationRange kLeastLease{seconds(1), hours(24), "1s and 1d"};

bool HasEndpoint(const v1::Pool& pool, const std::string& key) {
  return std::any_of(pool.endpoints().begin(), pool.endpoints().end(),
                     [&](const v1::Endpoint& one) { return EndpointKey(one) == key; });
}

bool AnswersWithNames(const v1::Pool& pool) {
  return !pool.endpoints().empty() && !pool.endpoints(0).cname().empty();
}

/// Empty: it is laid.
std::string WhyLeftOut(const v1::Registration& registration, const v1::Pool* declared,
                       const v1::Pool& laid) {
  if (declared == nullptr) return "there is no pool " + Quoted(registration.pool());
  const v1::RegistrationRule& rule = declared->registration();
  if (!Allows(rule, {registration.client()})) {
    return fmt::format("pool {} does not allow {}", Quoted(registration.pool()),
                       Quoted(registration.client()));
  }
  const int registered = laid.endpoints_size() - declared->endpoints_size();
  const bool is_full = laid.endpoints_size() >= static_cast<int>(steer::kMaxEndpointsInPool);
  if (is_full || static_cast<uint32_t>(registered) >= MaxRegistered(rule)) {
    return fmt::format("pool {} has {} already", Quoted(registration.pool()), registered);
  }
  return FaultOf(registration, *declared);
}

}  // namespace

bool Allows(const v1::RegistrationRule& rule, const std::set<std::string>& names) {
  return std::any_of(rule.allow().begin(), rule.allow().end(), [&](const std::string& allowed) {
    return allowed == kAnybody || names.contains(allowed);
  });
}

uint32_t MaxRegistered(const v1::RegistrationRule& rule) {
  return rule.max_endpoints() == 0 ? kDefaultMaxRegistered : rule.max_endpoints();
}

std::string FaultOf(const v1::Registration& registration, const v1::Pool& pool) {
  const v1::Endpoint& endpoint = registration.endpoint();
  if (!IpAddress::Parse(endpoint.address())) {
    return fmt::format("\"{}\" is no IP address", endpoint.address());
  }
  if (!endpoint.cname().empty() || !endpoint.monitor().empty() ||
      !endpoint.probe_address().empty()) {
    return "only address, port and weight can be registered";
  }
  if (endpoint.port() > kMaxNumber) return "the port is above 65535";
  if (endpoint.weight() > kMaxNumber) return "the weight is above 65535";
  if (AnswersWithNames(pool)) return "the endpoints of the pool are names";
  if (!HasEndpoint(pool, EndpointKey(endpoint))) return "";
  return fmt::format("pool {} has the endpoint {} already", Quoted(pool.name()),
                     endpoint.address());
}

LaidPools LayRegistrations(const Catalog& catalog, Problems& problems) {
  LaidPools laid;
  for (const auto& [name, registration] : catalog.registrations) {
    const v1::Pool* declared = Find(catalog.pools, registration->pool());
    auto at = laid.pools.find(registration->pool());
    if (at == laid.pools.end() && declared != nullptr) {
      at = laid.pools.emplace(registration->pool(), *declared).first;
    }
    static const v1::Pool kNone;
    const std::string why =
        WhyLeftOut(*registration, declared, declared == nullptr ? kNone : at->second);
    if (why.empty()) {
      *at->second.add_endpoints() = registration->endpoint();
    } else {
      steer::Reporter(&problems, "registration " + Quoted(name)).Warn("", why);
      laid.left_out.insert(name);
    }
  }
  return laid;
}

void CheckRegistrationRules(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, pool] : catalog.pools) {
    if (!pool->has_registration()) continue;
    const v1::RegistrationRule& rule = pool->registration();
    const auto report = steer::Reporter(&problems, "pool " + Quoted(name)).In("registration");
    if (rule.allow().empty()) report.Fail("allow", "missing: give names, or \"*\"");
    if (rule.max_endpoints() > kMostRegistered) {
      report.Fail("max_endpoints", fmt::format("is above {}", kMostRegistered));
    }
    if (rule.has_min_lease()) {
      steer::CheckDuration(rule.min_lease(), kLeastLease, "min_lease", report);
    }
  }
}

}  // namespace waypost::config
