#include "dnsd/control/certificate_warning.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace waypost::control {
namespace {

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
/// Of monitors that say nothing, as in monitor.proto.
constexpr int64_t kUsual = 14 * kDay;

/// Null: it sees no certificates.
const v1::TlsOptions* TlsOf(const v1::Monitor& monitor) {
  switch (monitor.probe_case()) {
    case v1::Monitor::kHttp:
      return monitor.http().redirects() > 0 ? &monitor.http().tls() : nullptr;
    case v1::Monitor::kHttps:
      return &monitor.https().tls();
    case v1::Monitor::kTls:
      return &monitor.tls().options();
    case v1::Monitor::kDns:
      return &monitor.dns().tls();
    case v1::Monitor::kGrpc:
      return &monitor.grpc().tls();
    case v1::Monitor::kHeld:
      return &monitor.held().tls();
    default:
      return nullptr;
  }
}

std::string TimeLeft(int64_t seconds) {
  if (seconds >= 2 * kDay) return fmt::format("{} days", seconds / kDay);
  if (seconds >= 2 * kHour) return fmt::format("{} hours", seconds / kHour);
  return fmt::format("{} minutes", seconds / 60);
}

int64_t WarnsBelow(const v1::Monitor& monitor) {
  const v1::TlsOptions* tls = TlsOf(monitor);
  if (tls == nullptr) return 0;
  return tls->has_warn_expiry() ? tls->warn_expiry().seconds() : kUsual;
}

int64_t WarnsBelow(const config::Built& built, steer::EndpointIndex endpoint) {
  const auto monitor = config::MonitorFor(built, endpoint);
  if (!monitor) return 0;
  const std::vector<v1::Monitor> members = config::MembersFor(built, endpoint);
  int64_t most = members.empty() ? WarnsBelow(*monitor) : 0;
  for (const v1::Monitor& member : members) most = std::max(most, WarnsBelow(member));
  return most;
}

}  // namespace

std::string CertificateWarning(const config::Built& built, steer::EndpointIndex endpoint,
                               const std::vector<liveness::VoteReport>& votes) {
  std::optional<int64_t> least;
  for (const liveness::VoteReport& vote : votes) {
    const int64_t left = vote.evidence.certificate_expires_in_s;
    if (left == 0) continue;
    const std::string& id = built.steering->topology.endpoints[endpoint].id;
    if (left < 0) return fmt::format("the certificate of {} has expired", id);
    if (!least) least = WarnsBelow(built, endpoint);
    if (left >= *least) continue;
    return fmt::format("the certificate of {} expires in {}", id, TimeLeft(left));
  }
  return "";
}

}  // namespace waypost::control
