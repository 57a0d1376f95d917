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
constexpr uint32_t kMaxForget = 100;
constexpr DurationRange kBackoffAfter = {seconds(0), hours(24), "0s to 1d"};
constexpr DurationRange kHalfLife = {seconds(1), hours(24), "1s to 1d"};
constexpr DurationRange kLongestDamping = {seconds(1), hours(24 * 7), "1s to 7d"};
constexpr uint32_t kDefaultSuppress = 300;
constexpr uint32_t kDefaultReuse = 150;
/// As many as vantages are remembered.
constexpr uint32_t kMaxVotes = 256;
constexpr uint32_t kMaxWeight = 100;

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

Duration IntervalOf(const v1::Monitor& monitor) {
  return monitor.has_interval() ? monitor.interval() : TimeUtil::SecondsToDuration(5);
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
  const Duration interval = IntervalOf(monitor);
  if (monitor.staleness() > interval) return;
  report.Fail("staleness",
              fmt::format("{} is not longer than the interval of {}",
                          FormatDuration(monitor.staleness()), FormatDuration(interval)));
}

void CheckWithin(uint32_t value, uint32_t least, uint32_t most, const std::string& field,
                 const Reporter& report) {
  if (value >= least && value <= most) return;
  report.Fail(field, fmt::format("{} is not within {} and {}", value, least, most));
}

void CheckBackoff(const v1::Monitor& monitor, const Reporter& report) {
  const v1::Backoff& backoff = monitor.backoff();
  CheckTime(backoff.has_after(), backoff.after(), kBackoffAfter, "after", report);
  if (!backoff.has_max()) return report.Fail("max", "is missing");
  steer::CheckDuration(backoff.max(), kInterval, "max", report);
  if (backoff.max() > IntervalOf(monitor)) return;
  report.Fail("max",
              fmt::format("{} is not longer than the interval of {}", FormatDuration(backoff.max()),
                          FormatDuration(IntervalOf(monitor))));
}

void CheckDamping(const v1::Damping& damping, const Reporter& report) {
  CheckTime(damping.has_half_life(), damping.half_life(), kHalfLife, "half_life", report);
  CheckTime(damping.has_max(), damping.max(), kLongestDamping, "max", report);
  const uint32_t suppress = damping.suppress() == 0 ? kDefaultSuppress : damping.suppress();
  CheckWithin(suppress, 100, 10000, "suppress", report);
  if (damping.reuse() == 0) {
    if (suppress <= kDefaultReuse) report.Fail("suppress", "is not above the default reuse of 150");
  } else if (damping.reuse() < 10 || damping.reuse() >= suppress) {
    report.Fail("reuse",
                fmt::format("{} is not within 10 and below {}", damping.reuse(), suppress));
  }
}

void CheckSlowStart(const v1::SlowStart& slow_start, const Reporter& report) {
  if (!slow_start.has_over()) return report.Fail("over", "is missing");
  steer::CheckDuration(slow_start.over(), kHalfLife, "over", report);
  if (slow_start.from() > 100)
    report.Fail("from", fmt::format("{} is above 100", slow_start.from()));
}

/// One alone is never believed where others are known, so two are the least.
void CheckWatched(const v1::Monitor& monitor, const Reporter& report) {
  CheckWithin(monitor.vantages(), 2, kMaxVotes, "vantages", report);
  const bool has_weights = monitor.vantage_weights_size() > 0;
  if (monitor.voters() == v1::VOTERS_REGIONS || has_weights) return;
  if (monitor.quorum_count() <= monitor.vantages()) return;
  report.Fail("quorum_count", fmt::format("{} votes cannot come from {} vantages",
                                          monitor.quorum_count(), monitor.vantages()));
}

void CheckQuorum(const v1::Monitor& monitor, const Reporter& report) {
  if (!v1::Quorum_IsValid(monitor.quorum())) report.Fail("quorum", "is not known");
  if (!v1::Voters_IsValid(monitor.voters())) report.Fail("voters", "is not known");
  if (monitor.quorum() == v1::QUORUM_COUNT) {
    CheckWithin(monitor.quorum_count(), 1, kMaxVotes, "quorum_count", report);
  } else if (monitor.quorum_count() != 0) {
    report.Fail("quorum_count", "counts only with quorum: count");
  }
  if (monitor.vantages() != 0) CheckWatched(monitor, report);
  for (const auto& [vantage, votes] : monitor.vantage_weights()) {
    if (votes <= kMaxWeight) continue;
    report.In("vantage_weights").Fail(vantage, fmt::format("{} is above {}", votes, kMaxWeight));
  }
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
  if (monitor.forget() > 0) CheckWithin(monitor.forget(), 1, kMaxForget, "forget", report);
  if (monitor.has_backoff()) CheckBackoff(monitor, report.In("backoff"));
  if (monitor.has_damping()) CheckDamping(monitor.damping(), report.In("damping"));
  if (monitor.has_slow_start()) CheckSlowStart(monitor.slow_start(), report.In("slow_start"));
  CheckQuorum(monitor, report);
}

}  // namespace waypost::config
