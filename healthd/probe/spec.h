// What one probe does: an assigned target's monitor, checked, with defaults filled in and
// everything that can be prepared prepared.
//
// Two specs that compare equal are the same probe, whatever the monitors are called, so a target
// that several directors assign is probed once.
//
// Thread safety: a value. Errors: BuildSpec names the target and the fact.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"

namespace waypost::v1 {
class Target;
}

namespace waypost::probe {

enum class Kind : uint8_t { kTcp, kHttp, kHttps };

/// Both ends belong to it.
struct StatusRange {
  uint16_t first = 200;
  uint16_t last = 299;
  auto operator<=>(const StatusRange&) const = default;
};

/// As much of a response's body as is looked at, and the longest text that can be expected in it.
inline constexpr size_t kMaxBody = 64 * 1024;

struct Spec {
  SocketAddress address;
  Kind kind = Kind::kTcp;
  /// From the start of one probe to the start of the next.
  std::chrono::microseconds interval{5'000'000};
  /// For one whole probe.
  std::chrono::microseconds timeout{2'000'000};
  uint32_t rise = 2;
  uint32_t fall = 3;

  // HTTP and HTTPS.

  /// The whole request as it is sent.
  std::string request;
  /// A response to HEAD has no body whatever its header says (RFC 9110 section 9.3.2).
  bool head = false;
  /// Any of these is a success.
  std::vector<StatusRange> status;
  /// Empty: the body is not read.
  std::string body;

  // HTTPS.

  /// Name or address that the certificate must be valid for.
  std::string tls_name;
  bool skip_verify = false;
  /// Empty: the system's authorities.
  std::string ca_file;

  auto operator<=>(const Spec&) const = default;
};

/// `target` as the director assigned it.
Result<Spec> BuildSpec(const v1::Target& target);

/// "200-299, 404"
std::string ToString(const std::vector<StatusRange>& status);

}  // namespace waypost::probe
