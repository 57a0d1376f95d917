#include "healthd/probe/spec.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <tuple>

#include "healthd/probe/spec_parts.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::probe {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint32_t kMaxMembers = 16;

Status SetProbe(const v1::Monitor& monitor, Spec& spec) {
  switch (monitor.probe_case()) {
    case v1::Monitor::kHttp:
      return SetHttp(monitor.http(), false, spec);
    case v1::Monitor::kHttps:
      return SetHttp(monitor.https(), true, spec);
    case v1::Monitor::kTcp:
      return SetTcp(monitor.tcp(), spec);
    case v1::Monitor::kTls:
      return SetTlsProbe(monitor.tls(), spec);
    case v1::Monitor::kUdp:
      return SetUdp(monitor.udp(), spec);
    case v1::Monitor::kDns:
      return SetDns(monitor.dns(), spec);
    case v1::Monitor::kIcmp:
      return SetIcmp(monitor.icmp(), spec);
    case v1::Monitor::kGrpc:
      return SetGrpc(monitor.grpc(), spec);
    case v1::Monitor::kHeld:
      return SetHeld(monitor.held(), spec);
    case v1::Monitor::kCommand:
      return SetCommand(monitor.command(), spec);
    case v1::Monitor::kCombined:  // by SetCombined, which knows its members
    case v1::Monitor::PROBE_NOT_SET:
      break;
  }
  return Invalid("has no probe that this vantage knows");
}

Status SetTimes(const v1::Monitor& monitor, Spec& spec) {
  if (monitor.has_interval()) spec.interval = ToMicroseconds(monitor.interval());
  if (monitor.has_timeout()) spec.timeout = ToMicroseconds(monitor.timeout());
  if (spec.interval < milliseconds(100) || spec.interval > hours(1))
    return Invalid("interval is not in 100ms to 1h");
  if (spec.timeout < milliseconds(10) || spec.timeout > minutes(1))
    return Invalid("timeout is not in 10ms to 1m");
  spec.staleness = std::max<microseconds>(3 * spec.interval + spec.timeout, seconds(3));
  if (monitor.has_staleness()) spec.staleness = ToMicroseconds(monitor.staleness());
  if (spec.staleness < seconds(1) || spec.staleness > hours(24))
    return Invalid("staleness is not in 1s to 1d");
  return {};
}

/// Unset is zero, which is no limit.
Status SetLimit(const google::protobuf::Duration& duration, const std::string& field,
                microseconds& limit) {
  limit = ToMicroseconds(duration);
  if (limit == microseconds(0)) return {};
  if (limit < milliseconds(1) || limit > minutes(1)) return Invalid(field + " is not in 1ms to 1m");
  return {};
}

Status SetLimits(const v1::Monitor& monitor, Spec& spec) {
  const v1::PhaseTimeouts& phases = monitor.phase_timeouts();
  if (auto set = SetLimit(phases.connect(), "connect", spec.limits.connect); !set) return set;
  if (auto set = SetLimit(phases.tls(), "tls", spec.limits.tls); !set) return set;
  if (auto set = SetLimit(phases.exchange(), "exchange", spec.limits.exchange); !set) return set;
  return SetLimit(monitor.max_latency(), "max_latency", spec.max_latency);
}

Status SetThresholds(const v1::Monitor& monitor, Spec& spec) {
  if (monitor.rise() > 0) spec.rise = monitor.rise();
  if (monitor.fall() > 0) spec.fall = monitor.fall();
  if (spec.rise > 10 || spec.fall > 10) return Invalid("rise or fall is not in 1 to 10");
  spec.forget = monitor.forget() > 0 ? monitor.forget() : spec.fall;
  if (spec.forget > 100) return Invalid("forget is not in 1 to 100");
  return {};
}

Status SetBackoff(const v1::Monitor& monitor, Spec& spec) {
  if (!monitor.has_backoff()) return {};
  spec.backoff_after = ToMicroseconds(monitor.backoff().after());
  spec.backoff_max = ToMicroseconds(monitor.backoff().max());
  if (spec.backoff_after < microseconds(0) || spec.backoff_after > hours(24)) {
    return Invalid("backoff.after is not in 0 to 1d");
  }
  if (spec.backoff_max < milliseconds(100) || spec.backoff_max > hours(1)) {
    return Invalid("backoff.max is not in 100ms to 1h");
  }
  return {};
}

Status SetPace(const v1::Monitor& monitor, Spec& spec) {
  if (auto set = SetTimes(monitor, spec); !set) return set;
  if (auto set = SetLimits(monitor, spec); !set) return set;
  if (auto set = SetBackoff(monitor, spec); !set) return set;
  return SetThresholds(monitor, spec);
}

Result<Spec> BuildSingle(const IpAddress& address, const v1::Monitor& monitor) {
  Spec spec;
  spec.address.address = address;
  if (auto set = SetProbe(monitor, spec); !set)
    return tl::unexpected(std::move(set).error().In("monitor \"" + monitor.name() + "\""));
  if (auto set = SetPace(monitor, spec); !set)
    return tl::unexpected(std::move(set).error().In("monitor \"" + monitor.name() + "\""));
  return spec;
}

/// A member counts for what it probes and for how long; pace and thresholds are the whole's.
Status AddMember(const v1::Monitor& monitor, Spec& whole) {
  auto member = BuildSingle(whole.address.address, monitor);
  if (!member) return tl::unexpected(std::move(member).error());
  member->interval = whole.interval;
  member->rise = whole.rise;
  member->fall = whole.fall;
  auto& combined = std::get<CombinedSpec>(whole.what);
  combined.names.push_back(monitor.name());
  combined.members.push_back(std::make_shared<const Spec>(*std::move(member)));
  return {};
}

Result<Spec> BuildCombined(const IpAddress& address, const v1::Target& target) {
  const auto members = static_cast<uint32_t>(target.members_size());
  const uint32_t wanted = target.monitor().combined().at_least();
  if (members == 0 || members > kMaxMembers) return Invalid("has not 1 to 16 members");
  if (wanted > members) return Invalid("wants more successes than it has members");
  Spec spec;
  spec.address.address = address;
  if (auto set = SetPace(target.monitor(), spec); !set)
    return tl::unexpected(std::move(set).error());
  spec.what = CombinedSpec{{}, {}, wanted == 0 ? members : wanted};
  for (const v1::Monitor& member : target.members())
    if (auto added = AddMember(member, spec); !added)
      return tl::unexpected(std::move(added).error());
  return spec;
}

Result<Spec> BuildAny(const IpAddress& address, const v1::Target& target) {
  if (!target.monitor().has_combined()) return BuildSingle(address, target.monitor());
  auto spec = BuildCombined(address, target);
  if (spec) return spec;
  return tl::unexpected(std::move(spec).error().In("monitor \"" + target.monitor().name() + "\""));
}

}  // namespace

tl::unexpected<Error> Invalid(const std::string& fact) { return Fail(ErrorCode::kInvalid, fact); }

microseconds ToMicroseconds(const google::protobuf::Duration& duration) {
  return microseconds(google::protobuf::util::TimeUtil::DurationToMicroseconds(duration));
}

Status SetPort(uint32_t port, uint16_t otherwise, Spec& spec) {
  if (port == 0) port = otherwise;
  if (port == 0 || port > 65535) return Invalid("port is not in 1 to 65535");
  spec.address.port = static_cast<uint16_t>(port);
  return {};
}

Result<Spec> BuildSpec(const v1::Target& target) {
  const std::string context = "target \"" + target.endpoint() + "\"";
  const auto address = IpAddress::Parse(target.address());
  if (!address) return Invalid(context + ": \"" + target.address() + "\" is no address");
  auto spec = BuildAny(*address, target);
  if (!spec) return tl::unexpected(std::move(spec).error().In(context));
  return spec;
}

std::strong_ordering CombinedSpec::operator<=>(const CombinedSpec& other) const {
  if (const auto order = std::tie(at_least, names) <=> std::tie(other.at_least, other.names);
      order != 0)
    return order;
  return std::lexicographical_compare_three_way(
      members.begin(), members.end(), other.members.begin(), other.members.end(),
      [](const auto& a, const auto& b) { return *a <=> *b; });
}

std::strong_ordering Reading::operator<=>(const Reading& other) const {
  const auto order =
      std::tie(from, name, selector) <=> std::tie(other.from, other.name, other.selector);
  return order != 0 ? order : std::strong_order(number, other.number);
}

bool IsHeld(const Spec& spec) {
  const auto* grpc = std::get_if<GrpcSpec>(&spec.what);
  return std::holds_alternative<HeldSpec>(spec.what) || (grpc != nullptr && grpc->watch);
}

bool MayOverlap(const Spec& spec) {
  if (const auto* combined = std::get_if<CombinedSpec>(&spec.what)) {
    return std::all_of(combined->members.begin(), combined->members.end(),
                       [](const auto& member) { return MayOverlap(*member); });
  }
  return !std::holds_alternative<CommandSpec>(spec.what);
}

}  // namespace waypost::probe
