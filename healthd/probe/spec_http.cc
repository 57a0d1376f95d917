#include <charconv>
#include <optional>

#include "healthd/probe/json_number.h"
#include "healthd/probe/request.h"
#include "healthd/probe/spec_parts.h"

namespace waypost::probe {
namespace {

constexpr uint32_t kMaxRedirects = 5;
constexpr size_t kMaxPattern = 1024;

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

Status SetExpectation(const v1::HttpExpect& expect, HttpSpec& spec) {
  for (const std::string& text : expect.status()) {
    const auto range = ParseStatusRange(text);
    if (!range) return Invalid("expect.status \"" + text + "\" is no status or range");
    spec.status.push_back(*range);
  }
  if (spec.status.empty()) spec.status.emplace_back();
  if (expect.body().size() > kMaxBody) return Invalid("expect.body is longer than 64 KiB");
  if (expect.body_pattern().size() > kMaxPattern)
    return Invalid("expect.body_pattern is longer than 1 KiB");
  spec.body = expect.body();
  spec.pattern = expect.body_pattern();
  return {};
}

Result<Reading> ReadingOf(const v1::Reading& message) {
  Reading reading;
  switch (message.from_case()) {
    case v1::Reading::kHeader:
      reading.from = Reading::From::kHeader;
      reading.name = message.header();
      break;
    case v1::Reading::kJson:
      if (!IsJsonPointer(message.json())) return Invalid("json is no JSON Pointer");
      reading.from = Reading::From::kJson;
      reading.name = message.json();
      break;
    case v1::Reading::kPrometheus: {
      auto selector = ParseMetricSelector(message.prometheus());
      if (!selector) return Invalid("prometheus " + selector.error().message);
      reading.from = Reading::From::kPrometheus;
      reading.selector = *std::move(selector);
      break;
    }
    case v1::Reading::kNumber:
      reading.number = message.number();
      break;
    case v1::Reading::FROM_NOT_SET:
      break;
  }
  return reading;
}

Status SetLoad(const v1::LoadFeedback& load, HttpSpec& spec) {
  auto used = ReadingOf(load.used());
  if (!used) return tl::unexpected(std::move(used).error().In("load.used"));
  auto capacity = ReadingOf(load.capacity());
  if (!capacity) return tl::unexpected(std::move(capacity).error().In("load.capacity"));
  if (used->from == Reading::From::kNumber) return Invalid("load.used names nothing to read");
  spec.load = LoadSpec{*std::move(used), *std::move(capacity)};
  return {};
}

v1::TlsOptions TlsOptionsOf(const v1::HttpProbe& http) {
  v1::TlsOptions options = http.tls();
  if (http.skip_verify()) options.set_skip_verify(true);
  if (options.ca_file().empty()) options.set_ca_file(http.ca_file());
  return options;
}

}  // namespace

Status SetHttp(const v1::HttpProbe& http, bool is_tls, Spec& spec) {
  if (auto set = SetPort(http.port(), is_tls ? 443 : 80, spec); !set) return set;
  HttpSpec& what = spec.what.emplace<HttpSpec>();
  if (auto set = SetExpectation(http.expect(), what); !set) return set;
  auto request = BuildRequest(http, is_tls, spec.address);
  if (!request) return tl::unexpected(std::move(request).error());
  what.request = *std::move(request);
  what.http2 = http.version() == v1::HTTP_VERSION_HTTP2;
  what.redirects = http.redirects();
  if (http.has_load()) {
    if (auto set = SetLoad(http.load(), what); !set) return set;
  }
  if (what.redirects > kMaxRedirects) return Invalid("redirects is not in 0 to 5");
  if (!is_tls) return {};
  if (auto set = SetTls(TlsOptionsOf(http), http.host(), spec); !set) return set;
  // Some servers that also speak HTTP/2 refuse clients that name no protocol.
  spec.tls->alpn = what.http2 ? "h2" : "http/1.1";
  return {};
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
