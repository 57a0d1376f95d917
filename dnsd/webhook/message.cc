#include "dnsd/webhook/message.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace waypost::webhook {
namespace {

/// A string of JSON (RFC 8259 section 7); what is no UTF-8 is the event's own business.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<uint8_t>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// RFC 3339, in milliseconds.
std::string TimeText(Wall time) {
  using std::chrono::milliseconds;
  const auto since = std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(since / 1000), since % 1000);
}

/// Slack takes &, < and > for its own marks.
std::string SlackText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Json(const Event& event) {
  return fmt::format(
      R"({{"id":{},"time":"{}","kind":{},"subject":{},"text":{},"recovery":{},"revision":{},"epoch":{}}})",
      Quoted(event.id), TimeText(event.time), Quoted(event.kind), Quoted(event.subject),
      Quoted(event.text), IsRecovery(event), event.revision, event.epoch);
}

std::string Slack(const Event& event) {
  return fmt::format(R"({{"text":{}}})", Quoted(fmt::format("*{}* {}: {}", SlackText(event.subject),
                                                            event.kind, SlackText(event.text))));
}

std::string SeverityOf(const Event& event) {
  if (IsRecovery(event)) return "info";
  return event.kind == "failover" ? "critical" : "warning";
}

/// One alert for each subject and kind, resolved when it works again.
std::string Pagerduty(const Event& event, const std::string& routing_key) {
  return fmt::format(
      R"({{"routing_key":{},"event_action":"{}","dedup_key":{},"payload":{{"summary":{},"source":"waypost","severity":"{}","timestamp":"{}","component":{},"class":{}}}}})",
      Quoted(routing_key), IsRecovery(event) ? "resolve" : "trigger",
      Quoted(event.kind + " " + event.subject), Quoted(event.subject + ": " + event.text),
      SeverityOf(event), TimeText(event.time), Quoted(event.subject), Quoted(event.kind));
}

}  // namespace

bool IsRecovery(const Event& event) {
  for (const std::string_view beginning :
       {"up", "forced up", "not monitored", "released", "connected", "trusts itself again",
        "ended by itself", "over: "}) {
    if (event.text.starts_with(beginning)) return true;
  }
  return false;
}

std::string BodyOf(const Event& event, Format format, const std::string& routing_key) {
  switch (format) {
    case Format::kJson:
      return Json(event);
    case Format::kSlack:
      return Slack(event);
    case Format::kPagerduty:
      return Pagerduty(event, routing_key);
  }
  return "";
}

std::string SignatureOf(std::string_view secret, int64_t timestamp, std::string_view body) {
  const std::string text = fmt::format("{}.{}", timestamp, body);
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned octets = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const uint8_t*>(text.data()), text.size(), mac.data(), &octets);
  std::string hex;
  for (unsigned i = 0; i < octets; ++i) hex += fmt::format("{:02x}", mac[i]);
  return hex;
}

bool Matches(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace waypost::webhook
