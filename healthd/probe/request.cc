#include "healthd/probe/request.h"

#include <algorithm>
#include <utility>

#include "healthd/probe/spec_parts.h"

namespace waypost::probe {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Far more than a health check needs; bounds what a director can make a vantage hold per target.
constexpr size_t kMaxRequest = 16 * 1024;

/// None that asks for a change, but POST, which some APIs want for a question.
bool IsMethod(std::string_view text) {
  return text == "GET" || text == "HEAD" || text == "OPTIONS" || text == "POST";
}

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

/// The monitor's own headers over the usual ones; its Host becomes the authority.
Result<Headers> MergeHeaders(const v1::HttpProbe& http, std::string& authority) {
  Headers headers = {{"User-Agent", "waypost-healthd/" WAYPOST_VERSION}, {"Accept", "*/*"}};
  if (http.method() == "POST")
    headers.emplace_back("Content-Length", std::to_string(http.body().size()));
  Headers own(http.headers().begin(), http.headers().end());
  std::sort(own.begin(), own.end());
  for (auto& [name, value] : own) {
    if (!IsToken(name)) return Invalid("headers: \"" + name + "\" is no name of a header");
    if (!IsOneLine(value)) return Invalid("headers." + name + " has a line break");
    const auto same = [&key = name](const auto& h) { return EqualsIgnoringCase(h.first, key); };
    std::erase_if(headers, same);
    if (EqualsIgnoringCase(name, "host"))
      authority = value;
    else if (!EqualsIgnoringCase(name, "connection"))
      headers.emplace_back(name, value);
  }
  return headers;
}

size_t SizeOf(const HttpRequest& request) { return Serialize(request).size(); }

}  // namespace

std::string AuthorityOf(const std::string& host, bool is_tls, const SocketAddress& address) {
  std::string text = host.empty() ? address.address.ToString() : host;
  const auto literal = IpAddress::Parse(text);
  if (literal && !literal->is_v4()) text = "[" + text + "]";
  const uint16_t scheme_port = is_tls ? 443 : 80;
  return address.port == scheme_port ? text : text + ":" + std::to_string(address.port);
}

std::string Serialize(const HttpRequest& request) {
  std::string text =
      request.method + " " + request.target + " HTTP/1.1\r\nHost: " + request.authority + "\r\n";
  for (const auto& [name, value] : request.fields)
    text.append(name).append(": ").append(value).append("\r\n");
  text += "Connection: close\r\n\r\n";
  return text += request.body;
}

Result<HttpRequest> BuildRequest(const v1::HttpProbe& http, bool is_tls,
                                 const SocketAddress& address) {
  HttpRequest request;
  request.target = http.path().empty() ? "/" : http.path();
  request.method = http.method().empty() ? "GET" : http.method();
  request.body = http.body();
  if (request.target.front() != '/' || !IsOneWord(request.target))
    return Invalid("path \"" + http.path() + "\" is no path");
  if (!IsOneWord(http.host())) return Invalid("host \"" + http.host() + "\" is no host");
  if (!IsMethod(request.method))
    return Invalid("method \"" + http.method() + "\" is none that a probe may use");
  if (request.method != "POST" && !http.body().empty()) return Invalid("body is for POST only");
  request.authority = AuthorityOf(http.host(), is_tls, address);
  auto fields = MergeHeaders(http, request.authority);
  if (!fields) return tl::unexpected(std::move(fields).error());
  request.fields = *std::move(fields);
  if (SizeOf(request) > kMaxRequest) return Invalid("the request is longer than 16 KiB");
  return request;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return lower;
}

}  // namespace waypost::probe
