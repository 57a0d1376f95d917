#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/validate_probe.h"
#include "dnsd/steer/checks.h"

namespace waypost::config {
namespace {

using steer::Reporter;

/// A little less than the request that a vantage sends at most.
constexpr size_t kMaxRequestText = 15U << 10U;
constexpr uint32_t kMaxRedirects = 5;
constexpr size_t kMaxRequestBody = 8U << 10U;

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
  CheckExpectedText(expect.body(), "body", report);
  CheckPattern(expect.body_pattern(), "body_pattern", report);
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

/// `https` alone has these.
void CheckPlain(const v1::HttpProbe& http, const Reporter& report) {
  if (http.skip_verify()) report.Fail("skip_verify", "is for https only");
  if (!http.ca_file().empty()) report.Fail("ca_file", "is for https only");
  if (http.has_tls()) report.Fail("tls", "is for https only");
}

void CheckEncrypted(const v1::HttpProbe& http, const Reporter& report) {
  CheckTlsOptions(http.tls(), report.In("tls"));
  if (!http.ca_file().empty() && !http.tls().ca_file().empty())
    report.Fail("ca_file", "is given twice, also in tls");
}

void CheckVersion(const v1::HttpProbe& http, const Reporter& report) {
  if (!v1::HttpVersion_IsValid(http.version())) report.Fail("version", "is not known");
  if (http.redirects() > kMaxRedirects)
    report.Fail("redirects", fmt::format("{} is not within 0 and 5", http.redirects()));
  if (http.redirects() > 0 && http.version() == v1::HTTP_VERSION_HTTP2)
    report.Fail("redirects", "are followed with version http1_1 only");
}

void CheckMethod(const v1::HttpProbe& http, const Reporter& report) {
  static constexpr std::array<std::string_view, 5> kMethods = {"", "GET", "HEAD", "OPTIONS",
                                                               "POST"};
  if (std::find(kMethods.begin(), kMethods.end(), http.method()) == kMethods.end())
    report.Fail("method", Quoted(http.method()) + " is none of GET, HEAD, OPTIONS and POST");
  const v1::HttpExpect& expect = http.expect();
  if (http.method() == "HEAD" && !(expect.body().empty() && expect.body_pattern().empty()))
    report.Fail("expect.body", "never comes with method HEAD");
  if (http.method() != "POST" && !http.body().empty())
    report.Fail("body", "is for method POST only");
  if (http.body().size() > kMaxRequestBody) report.Fail("body", "is longer than 8 KiB");
}

}  // namespace

void CheckHttp(const v1::HttpProbe& http, bool is_tls, const Reporter& report) {
  CheckPort(http.port(), is_tls ? 443 : 80, report);
  if (!http.path().empty() && (http.path()[0] != '/' || !IsWord(http.path()))) {
    report.Fail("path", Quoted(http.path()) + " must start with / and have no blanks");
  }
  if (!http.host().empty() && !IsHost(http.host())) {
    report.Fail("host", Quoted(http.host()) + " is neither a host name nor an address");
  }
  CheckMethod(http, report);
  CheckVersion(http, report);
  if (is_tls)
    CheckEncrypted(http, report);
  else
    CheckPlain(http, report);
  CheckHeaders(http, report);
  CheckExpect(http.expect(), report.In("expect"));
  if (http.has_load()) CheckLoadFeedback(http.load(), http.method() != "HEAD", report.In("load"));
}

}  // namespace waypost::config
