#include "healthd/probe/spec.h"

#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <optional>

#include "healthd/probe/request.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::probe {
namespace {

using std::chrono::microseconds;

tl::unexpected<Error> Invalid(const std::string& fact) { return Fail(ErrorCode::kInvalid, fact); }

std::optional<uint16_t> ParseStatus(std::string_view text) {
  uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  if (value < 100 || value > 999) return {};
  return value;
}

std::optional<StatusRange> ParseStatusRange(std::string_view text) {
  const size_t dash = text.find('-');
  const auto first = ParseStatus(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : ParseStatus(text.substr(dash + 1));
  if (!first || !last || *first > *last) return {};
  return StatusRange{*first, *last};
}

Status SetExpectation(const v1::HttpExpect& expect, Spec& spec) {
  for (const std::string& text : expect.status()) {
    const auto range = ParseStatusRange(text);
    if (!range) return Invalid("expect.status \"" + text + "\" is no status or range");
    spec.status.push_back(*range);
  }
  if (spec.status.empty()) spec.status.emplace_back();
  if (expect.body().size() > kMaxBody) return Invalid("expect.body is longer than 64 KiB");
  spec.body = expect.body();
  return {};
}

Status SetPort(uint32_t port, uint16_t otherwise, Spec& spec) {
  if (port == 0) port = otherwise;
  if (port == 0 || port > 65535) return Invalid("port is not in 1 to 65535");
  spec.address.port = static_cast<uint16_t>(port);
  return {};
}

Status SetHttp(const v1::HttpProbe& http, Kind kind, Spec& spec) {
  spec.kind = kind;
  if (auto set = SetPort(http.port(), kind == Kind::kHttps ? 443 : 80, spec); !set) return set;
  if (auto set = SetExpectation(http.expect(), spec); !set) return set;
  auto request = BuildRequest(http, kind, spec.address);
  if (!request) return tl::unexpected(std::move(request).error());
  spec.request = *std::move(request);
  spec.head = http.method() == "HEAD";
  if (kind == Kind::kHttp) return {};
  spec.tls_name = http.host().empty() ? spec.address.address.ToString() : http.host();
  spec.skip_verify = http.skip_verify();
  if (!spec.skip_verify) spec.ca_file = http.ca_file();
  return {};
}

Status SetProbe(const v1::Monitor& monitor, Spec& spec) {
  switch (monitor.probe_case()) {
    case v1::Monitor::kHttp:
      return SetHttp(monitor.http(), Kind::kHttp, spec);
    case v1::Monitor::kHttps:
      return SetHttp(monitor.https(), Kind::kHttps, spec);
    case v1::Monitor::kTcp:
      return SetPort(monitor.tcp().port(), 0, spec);
    case v1::Monitor::PROBE_NOT_SET:
      break;
  }
  return Invalid("says neither http nor https nor tcp");
}

microseconds ToMicroseconds(const google::protobuf::Duration& duration) {
  return microseconds(google::protobuf::util::TimeUtil::DurationToMicroseconds(duration));
}

Status SetTimes(const v1::Monitor& monitor, Spec& spec) {
  using std::chrono::hours, std::chrono::milliseconds, std::chrono::minutes;
  if (monitor.has_interval()) spec.interval = ToMicroseconds(monitor.interval());
  if (monitor.has_timeout()) spec.timeout = ToMicroseconds(monitor.timeout());
  if (spec.interval < milliseconds(100) || spec.interval > hours(1))
    return Invalid("interval is not in 100ms to 1h");
  if (spec.timeout < milliseconds(10) || spec.timeout > minutes(1))
    return Invalid("timeout is not in 10ms to 1m");
  return {};
}

Status SetThresholds(const v1::Monitor& monitor, Spec& spec) {
  if (monitor.rise() > 0) spec.rise = monitor.rise();
  if (monitor.fall() > 0) spec.fall = monitor.fall();
  if (spec.rise > 10 || spec.fall > 10) return Invalid("rise or fall is not in 1 to 10");
  return {};
}

Status SetMonitor(const v1::Monitor& monitor, Spec& spec) {
  if (auto set = SetProbe(monitor, spec); !set) return set;
  if (auto set = SetTimes(monitor, spec); !set) return set;
  return SetThresholds(monitor, spec);
}

}  // namespace

Result<Spec> BuildSpec(const v1::Target& target) {
  Spec spec;
  const std::string context = "target \"" + target.endpoint() + "\"";
  const auto address = IpAddress::Parse(target.address());
  if (!address) return Invalid(context + ": \"" + target.address() + "\" is no address");
  spec.address.address = *address;
  if (auto set = SetMonitor(target.monitor(), spec); !set)
    return tl::unexpected(
        std::move(set).error().In(context + ": monitor \"" + target.monitor().name() + "\""));
  return spec;
}

std::string ToString(const std::vector<StatusRange>& status) {
  std::string text;
  for (const StatusRange& range : status) {
    text += (text.empty() ? "" : ", ") + std::to_string(range.first);
    if (range.last != range.first) text += "-" + std::to_string(range.last);
  }
  return text;
}

}  // namespace waypost::probe
