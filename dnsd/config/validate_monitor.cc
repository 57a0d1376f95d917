#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/steer/checks.h"
#include "dnsd/wire/name.h"

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
constexpr DurationRange kStaleness = {seconds(1), hours(24), "1s to 1d"};
constexpr uint32_t kMaxStreak = 10;
constexpr uint32_t kMaxPort = 65535;
// What a vantage reads of a body, and a little less than the request that it sends at most.
constexpr size_t kMaxBodyText = 64U << 10U;
constexpr size_t kMaxRequestText = 15U << 10U;

void CheckTime(bool is_set, const Duration& duration, const DurationRange& range,
               const std::string& field, const Reporter& report) {
  if (is_set) steer::CheckDuration(duration, range, field, report);
}

void CheckStreak(uint32_t count, const std::string& field, const Reporter& report) {
  if (count > kMaxStreak) report.Fail(field, fmt::format("{} is not within 1 and 10", count));
}

/// `default_port`: 0 when there is none.
void CheckPort(uint32_t port, uint32_t default_port, const Reporter& report) {
  if (port == 0 && default_port == 0) return report.Fail("port", "missing");
  if (port > kMaxPort) report.Fail("port", fmt::format("{} is not within 1 and 65535", port));
}

bool IsVisible(char c) { return c > ' ' && c != 0x7F; }
bool IsWord(const std::string& text) { return std::all_of(text.begin(), text.end(), IsVisible); }

/// RFC 9110 section 5.6.2.
bool IsToken(const std::string& text) {
  constexpr std::string_view kSeparators = "\"(),/:;<=>?@[\\]{}";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return IsVisible(c) && kSeparators.find(c) == std::string_view::npos;
  });
}

/// Octets above 127 are obs-text (RFC 9110 section 5.5).
bool IsHeaderValue(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<uint8_t>(c) >= ' ' && c != 0x7F);
  });
}

bool IsHost(const std::string& text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (IpAddress::Parse(text)) return true;
  return std::all_of(text.begin(), text.end(), is_allowed) && wire::Name::Parse(text) &&
         text != ".";
}

std::optional<int> ParseStatus(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && value >= 100 && value <= 999 ? std::optional(value) : std::nullopt;
}

bool IsStatusRange(const std::string& text) {
  const size_t dash = text.find('-');
  const auto first = ParseStatus(std::string_view(text).substr(0, dash));
  if (dash == std::string::npos) return first.has_value();
  const auto last = ParseStatus(std::string_view(text).substr(dash + 1));
  return first && last && *first <= *last;
}

void CheckExpect(const v1::HttpExpect& expect, const Reporter& report) {
  for (int i = 0; i < expect.status_size(); ++i) {
    if (IsStatusRange(expect.status(i))) continue;
    report.Fail(steer::Nth("status", static_cast<size_t>(i)),
                Quoted(expect.status(i)) + " is neither a status nor a range such as 200-299");
  }
  if (expect.body().size() > kMaxBodyText) report.Fail("body", "is longer than 64 KiB");
}

void CheckHeaders(const v1::HttpProbe& http, const Reporter& report) {
  size_t size = http.path().size() + http.host().size();
  for (const auto& [name, value] : http.headers()) {
    size += name.size() + value.size();
    const std::string field = "headers." + name;
    if (!IsToken(name)) report.Fail("headers", Quoted(name) + " is not a header's name (RFC 9110)");
    if (!IsHeaderValue(value)) report.Fail(field, "has a line end or control character in it");
  }
  if (size > kMaxRequestText) report.Fail("", "path, host and headers are longer than 15 KiB");
}

void CheckHttp(const v1::HttpProbe& http, bool is_tls, const Reporter& report) {
  CheckPort(http.port(), is_tls ? 443 : 80, report);
  if (!http.path().empty() && (http.path()[0] != '/' || !IsWord(http.path()))) {
    report.Fail("path", Quoted(http.path()) + " must start with / and have no blanks");
  }
  if (!http.host().empty() && !IsHost(http.host())) {
    report.Fail("host", Quoted(http.host()) + " is neither a host name nor an address");
  }
  if (!http.method().empty() && http.method() != "GET" && http.method() != "HEAD") {
    report.Fail("method", Quoted(http.method()) + " is neither GET nor HEAD");
  }
  if (http.method() == "HEAD" && !http.expect().body().empty()) {
    report.Fail("expect.body", "never comes with method HEAD");
  }
  if (!is_tls && http.skip_verify()) report.Fail("skip_verify", "is for https only");
  if (!is_tls && !http.ca_file().empty()) report.Fail("ca_file", "is for https only");
  CheckHeaders(http, report);
  CheckExpect(http.expect(), report.In("expect"));
}

void CheckProbe(const v1::Monitor& monitor, const Reporter& report) {
  switch (monitor.probe_case()) {
    case v1::Monitor::kHttp:
      return CheckHttp(monitor.http(), false, report.In("http"));
    case v1::Monitor::kHttps:
      return CheckHttp(monitor.https(), true, report.In("https"));
    case v1::Monitor::kTcp:
      return CheckPort(monitor.tcp().port(), 0, report.In("tcp"));
    case v1::Monitor::PROBE_NOT_SET:
      return report.Fail("", "has no probe: give http, https or tcp");
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
  CheckStreak(monitor.rise(), "rise", report);
  CheckStreak(monitor.fall(), "fall", report);
  if (!v1::Quorum_IsValid(monitor.quorum())) report.Fail("quorum", "is not known");
}

}  // namespace waypost::config
