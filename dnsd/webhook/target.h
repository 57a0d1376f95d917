// Where a webhook sends what.
//
// Thread safety: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/webhook/message.h"

namespace waypost::webhook {

struct Target {
  std::string name;
  bool is_tls = false;
  std::string host;  // a name, or an address without brackets
  uint16_t port = 80;
  std::string path = "/";
  Format format = Format::kJson;
  std::string secret;       // empty: nothing is signed
  std::string routing_key;  // of Format::kPagerduty
  std::string ca_file;      // empty: the system's authorities
  std::vector<std::string> kinds;
  std::vector<std::string> subjects;  // patterns; empty: all
  std::chrono::milliseconds timeout{5000};
  uint32_t attempts = 10;
  size_t queue = 1000;
  std::string fault;  // why nothing can be sent, such as a file that cannot be read; else empty
};

bool Wants(const Target& target, const Event& event);

}  // namespace waypost::webhook
