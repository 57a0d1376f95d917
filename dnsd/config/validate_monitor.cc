#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/config/validate_probe.h"
#include "dnsd/steer/checks.h"

namespace waypost::config {
namespace {

using google::protobuf::Duration;
using google::protobuf::util::TimeUtil;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using steer::DurationRange;
using steer::Reporter;

constexpr DurationRange kInterval = {milliseconds(100), hours(1), "100ms to 1h"};
constexpr DurationRange kTimeout = {milliseconds(10), minutes(1), "10ms to 1m"};
constexpr DurationRange kPhase = {milliseconds(1), minutes(1), "1ms to 1m"};
constexpr DurationRange kStaleness = {seconds(1), hours(24), "1s to 1d"};
constexpr milliseconds kDefaultTimeout(2000);
constexpr uint32_t kMaxStreak = 10;

void CheckTime(bool is_set, const Duration& duration, const DurationRange& range,
               const std::string& field, const Reporter& report) {
  if (is_set) steer::CheckDuration(duration, range, field, report);
}

void CheckPhases(const v1::PhaseTimeouts& phases, const Reporter& report) {
  CheckTime(phases.has_connect(), phases.connect(), kPhase, "connect", report);
  CheckTime(phases.has_tls(), phases.tls(), kPhase, "tls", report);
  CheckTime(phases.has_exchange(), phases.exchange(), kPhase, "exchange", report);
}

void CheckStreak(uint32_t count, const std::string& field, const Reporter& report) {
  if (count > kMaxStreak) report.Fail(field, fmt::format("{} is not within 1 and 10", count));
}

milliseconds TimeoutOf(const v1::Monitor& monitor) {
  if (!monitor.has_timeout()) return kDefaultTimeout;
  return milliseconds(TimeUtil::DurationToMilliseconds(monitor.timeout()));
}

void CheckProbe(const v1::Monitor& monitor, const Reporter& report) {
  switch (monitor.probe_case()) {
    case v1::Monitor::kHttp:
      return CheckHttp(monitor.http(), false, report.In("http"));
    case v1::Monitor::kHttps:
      return CheckHttp(monitor.https(), true, report.In("https"));
    case v1::Monitor::kTcp:
      return CheckTcp(monitor.tcp(), report.In("tcp"));
    case v1::Monitor::kTls:
      return CheckTls(monitor.tls(), report.In("tls"));
    case v1::Monitor::kUdp:
      return CheckUdp(monitor.udp(), report.In("udp"));
    case v1::Monitor::kDns:
      return CheckDns(monitor.dns(), report.In("dns"));
    case v1::Monitor::kIcmp:
      return CheckIcmp(monitor.icmp(), TimeoutOf(monitor), report.In("icmp"));
    case v1::Monitor::kGrpc:
      return CheckGrpc(monitor.grpc(), report.In("grpc"));
    case v1::Monitor::kHeld:
      return CheckHeld(monitor.held(), report.In("held"));
    case v1::Monitor::kCommand:
      return CheckCommand(monitor.command(), report.In("command"));
    case v1::Monitor::kCombined:
      return CheckCombined(monitor.combined(), report.In("combined"));
    case v1::Monitor::PROBE_NOT_SET:
      return report.Fail("", "has no probe, such as http, tcp or dns");
  }
}

/// Evidence would be stale before the next probe can renew it.
void CheckStalenessFits(const v1::Monitor& monitor, const Reporter& report) {
  if (!monitor.has_staleness()) return;
  const auto interval =
      monitor.has_interval() ? monitor.interval() : TimeUtil::SecondsToDuration(5);
  if (monitor.staleness() > interval) return;
  report.Fail("staleness",
              fmt::format("{} is not longer than the interval of {}",
                          FormatDuration(monitor.staleness()), FormatDuration(interval)));
}

}  // namespace

void CheckMonitor(const v1::Monitor& monitor, Problems& problems) {
  const Reporter report(&problems, "monitor " + Quoted(monitor.name()));
  steer::CheckName(monitor.name(), "name", report);
  CheckProbe(monitor, report);
  CheckTime(monitor.has_interval(), monitor.interval(), kInterval, "interval", report);
  CheckTime(monitor.has_timeout(), monitor.timeout(), kTimeout, "timeout", report);
  CheckTime(monitor.has_staleness(), monitor.staleness(), kStaleness, "staleness", report);
  CheckStalenessFits(monitor, report);
  CheckTime(monitor.has_max_latency(), monitor.max_latency(), kPhase, "max_latency", report);
  CheckPhases(monitor.phase_timeouts(), report.In("phase_timeouts"));
  CheckStreak(monitor.rise(), "rise", report);
  CheckStreak(monitor.fall(), "fall", report);
  if (!v1::Quorum_IsValid(monitor.quorum())) report.Fail("quorum", "is not known");
}

}  // namespace waypost::config
