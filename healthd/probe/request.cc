#include "healthd/probe/request.h"

#include <algorithm>
#include <utility>

namespace waypost::probe {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Far more than a health check needs; bounds what a director can make a vantage hold per target.
constexpr size_t kMaxRequest = 16 * 1024;

tl::unexpected<Error> Invalid(const std::string& fact) { return Fail(ErrorCode::kInvalid, fact); }

bool IsTokenCharacter(char c) {
  static constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kOther.find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

bool IsOneLine(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool IsOneWord(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ToLower(x) == ToLower(y); });
}

/// With the port where it is not the scheme's (RFC 9110 section 7.2).
std::string HostHeader(const v1::HttpProbe& http, Kind kind, const SocketAddress& address) {
  std::string host = http.host().empty() ? address.address.ToString() : http.host();
  const auto literal = IpAddress::Parse(host);
  if (literal && !literal->is_v4()) host = "[" + host + "]";
  const uint16_t scheme_port = kind == Kind::kHttps ? 443 : 80;
  return address.port == scheme_port ? host : host + ":" + std::to_string(address.port);
}

Result<Headers> MergeHeaders(const v1::HttpProbe& http, std::string host) {
  Headers headers = {{"Host", std::move(host)},
                     {"User-Agent", "waypost-healthd/" WAYPOST_VERSION},
                     {"Accept", "*/*"},
                     {"Connection", "close"}};
  Headers own(http.headers().begin(), http.headers().end());
  std::sort(own.begin(), own.end());
  for (const auto& [name, value] : own) {
    if (!IsToken(name)) return Invalid("headers: \"" + name + "\" is no name of a header");
    if (!IsOneLine(value)) return Invalid("headers." + name + " has a line break");
    const auto same = [&key = name](const auto& h) { return EqualsIgnoringCase(h.first, key); };
    std::erase_if(headers, same);
  }
  headers.insert(headers.end(), own.begin(), own.end());
  return headers;
}

}  // namespace

Result<std::string> BuildRequest(const v1::HttpProbe& http, Kind kind,
                                 const SocketAddress& address) {
  const std::string path = http.path().empty() ? "/" : http.path();
  const std::string method = http.method().empty() ? "GET" : http.method();
  if (path.front() != '/' || !IsOneWord(path)) return Invalid("path \"" + path + "\" is no path");
  if (!IsOneWord(http.host())) return Invalid("host \"" + http.host() + "\" is no host");
  if (method != "GET" && method != "HEAD")
    return Invalid("method \"" + method + "\" is neither GET nor HEAD");
  const auto headers = MergeHeaders(http, HostHeader(http, kind, address));
  if (!headers) return tl::unexpected(headers.error());
  std::string request = method + " " + path + " HTTP/1.1\r\n";
  for (const auto& [name, value] : *headers) request += name + ": " + value + "\r\n";
  request += "\r\n";
  if (request.size() > kMaxRequest) return Invalid("the request is longer than 16 KiB");
  return request;
}

}  // namespace waypost::probe
