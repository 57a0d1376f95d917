// The parts of a Webhook's URL, and the kinds of events that it may name.
//
// Thread safety: pure functions. Errors: kInvalid says what is wrong.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/result.h"

namespace waypost::config {

struct WebhookUrl {
  bool is_tls = false;
  std::string host;  // a name, or an address without brackets
  uint16_t port = 80;
  std::string target;  // path and query
};

/// http or https, without user information and fragment.
Result<WebhookUrl> ParseWebhookUrl(const std::string& text);

/// As in Event.kind.
const std::vector<std::string>& EventKinds();
inline bool IsEventKind(const std::string& word) {
  const auto& kinds = EventKinds();
  return std::find(kinds.begin(), kinds.end(), word) != kinds.end();
}

}  // namespace waypost::config
