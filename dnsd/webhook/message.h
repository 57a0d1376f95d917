// What a webhook sends: an event as a body in the receiver's format, and the signature of it.
//
// Thread safety: pure functions. Errors: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dnsd/base/clock.h"

namespace waypost::webhook {

struct Event {
  std::string id;  // the same for every try
  Wall time;
  std::string kind;
  std::string subject;  // KIND/NAME
  std::string text;
  uint64_t revision = 0;
  uint64_t epoch = 0;
};

enum class Format : uint8_t { kJson, kSlack, kPagerduty };

/// `routing_key`: of Format::kPagerduty.
std::string BodyOf(const Event& event, Format format, const std::string& routing_key);

/// It says that something works again, so that PagerDuty's alert of it is resolved.
bool IsRecovery(const Event& event);

/// HMAC-SHA256 (RFC 2104) of "TIMESTAMP.BODY" in lower-case hexadecimal; `timestamp`: Unix seconds.
std::string SignatureOf(std::string_view secret, int64_t timestamp, std::string_view body);

/// With '*' for any text, also none.
bool Matches(std::string_view pattern, std::string_view text);

}  // namespace waypost::webhook
