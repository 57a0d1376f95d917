#include "dnsd/config/webhook_url.h"

#include <fmt/format.h>

#include <charconv>

namespace waypost::config {
namespace {

tl::unexpected<Error> Wrong(const std::string& text, const char* why) {
  return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" {}", text, why));
}

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT; false: neither.
bool ParseAuthority(std::string_view text, WebhookUrl& url) {
  const bool has_brackets = !text.empty() && text[0] == '[';
  const size_t host_end = has_brackets ? text.find(']') : std::min(text.find(':'), text.size());
  if (host_end == std::string_view::npos) return false;
  url.host = text.substr(has_brackets ? 1 : 0, host_end - (has_brackets ? 1 : 0));
  std::string_view rest = text.substr(host_end + (has_brackets ? 1 : 0));
  if (url.host.empty()) return false;
  if (rest.empty()) return true;
  if (rest[0] != ':') return false;
  rest.remove_prefix(1);
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), url.port);
  return error == std::errc() && end == rest.data() + rest.size() && url.port > 0;
}

}  // namespace

Result<WebhookUrl> ParseWebhookUrl(const std::string& text) {
  WebhookUrl url;
  std::string_view rest = text;
  if (text.empty()) return Fail(ErrorCode::kInvalid, "missing");
  if (rest.starts_with("https://")) {
    url.is_tls = true;
    url.port = 443;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return Wrong(text, "begins with neither http:// nor https://");
  }
  if (!IsPlain(rest)) return Wrong(text, "has blanks or letters beyond ASCII");
  if (rest.find('#') != std::string_view::npos) return Wrong(text, "has a fragment");
  const size_t path = std::min(rest.find_first_of("/?"), rest.size());
  if (rest.substr(0, path).find('@') != std::string_view::npos) {
    return Wrong(text, "has a user in it: secrets belong into files");
  }
  if (!ParseAuthority(rest.substr(0, path), url)) return Wrong(text, "has no valid HOST[:PORT]");
  url.target = rest.substr(path);
  if (url.target.empty() || url.target[0] != '/') url.target.insert(0, "/");
  return url;
}

const std::vector<std::string>& EventKinds() {
  static const std::vector<std::string> kinds = {
      "verdict", "failover",  "automation", "override", "failback", "signal",
      "dissent", "vantage",   "revision",   "geo",      "latency",  "registry",
      "catalog", "secondary", "transfer",   "update",   "journal",  "store"};
  return kinds;
}

}  // namespace waypost::config
