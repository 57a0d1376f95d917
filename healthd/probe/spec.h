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
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"
#include "healthd/probe/prometheus_text.h"

namespace waypost::v1 {
class Target;
}

namespace waypost::probe {

/// Both ends belong to it.
struct StatusRange {
  uint16_t first = 200;
  uint16_t last = 299;
  auto operator<=>(const StatusRange&) const = default;
};

/// As much of what a server sends is looked at, and the longest text that can be expected in it.
inline constexpr size_t kMaxBody = 64 * 1024;

enum class TlsFloor : uint8_t { kAny, kTls12, kTls13 };

struct TlsSpec {
  /// Name or address that the certificate must be valid for.
  std::string name;
  bool skip_verify = false;
  /// Empty: the system's authorities.
  std::string ca_file;
  /// Client certificate, by its name in the vantage's settings; empty: none.
  std::string identity;
  TlsFloor floor = TlsFloor::kAny;
  /// Any of these will do; empty: all.
  std::vector<std::string> ciphers;
  std::chrono::seconds fail_expiry{0};
  std::chrono::seconds warn_expiry{14 * 86400};
  /// Protocol to agree on (RFC 7301); empty: none is named.
  std::string alpn;

  auto operator<=>(const TlsSpec&) const = default;
};

/// A text to send and one to wait for; both may be empty.
struct ExchangeSpec {
  std::string send;
  std::string expect;

  auto operator<=>(const ExchangeSpec&) const = default;
};

struct HttpRequest {
  std::string method;
  /// Path and query.
  std::string target;
  /// Host, and the port where it is not the scheme's.
  std::string authority;
  /// All others, in order; none of them is about the connection.
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  auto operator<=>(const HttpRequest&) const = default;
};

/// Where a reply has a number.
struct Reading {
  enum class From : uint8_t { kNumber, kHeader, kJson, kPrometheus };
  From from = From::kNumber;
  /// Of the header field; or the JSON Pointer.
  std::string name;
  MetricSelector selector;
  double number = 100;

  bool is_in_body() const { return from == From::kJson || from == From::kPrometheus; }

  std::strong_ordering operator<=>(const Reading& other) const;
  bool operator==(const Reading& other) const { return (*this <=> other) == 0; }
};

struct LoadSpec {
  Reading used;
  Reading capacity;

  bool is_in_body() const { return used.is_in_body() || capacity.is_in_body(); }

  auto operator<=>(const LoadSpec&) const = default;
};

struct HttpSpec {
  HttpRequest request;
  bool http2 = false;
  /// How many to follow; HTTP/1.1 only.
  uint32_t redirects = 0;
  /// Any of these is a success.
  std::vector<StatusRange> status;
  /// What the body must contain and match; both empty: it is not read.
  std::string body;
  std::string pattern;
  /// What else is to be read from the reply.
  std::optional<LoadSpec> load;

  auto operator<=>(const HttpSpec&) const = default;
};

/// gRPC's health service.
struct GrpcSpec {
  HttpRequest request;
  /// Hold a stream instead of asking once.
  bool watch = false;

  auto operator<=>(const GrpcSpec&) const = default;
};

/// A connection that is kept.
struct HeldSpec {
  auto operator<=>(const HeldSpec&) const = default;
};

/// A program that the vantage's own settings list.
struct CommandSpec {
  std::string name;

  auto operator<=>(const CommandSpec&) const = default;
};

struct Spec;

/// k of n.
struct CombinedSpec {
  std::vector<std::string> names;
  std::vector<std::shared_ptr<const Spec>> members;
  size_t at_least = 0;

  /// Of the members' values.
  std::strong_ordering operator<=>(const CombinedSpec& other) const;
  bool operator==(const CombinedSpec& other) const { return (*this <=> other) == 0; }
};

struct UdpSpec {
  std::string send;
  /// Empty: any datagram will do.
  std::string expect;

  auto operator<=>(const UdpSpec&) const = default;
};

struct DnsSpec {
  /// The whole message; its identifier is zero.
  std::string query;
  /// With its length in front (RFC 1035 section 4.2.2).
  bool over_stream = false;
  std::string type;
  std::string rcode;
  std::vector<std::string> answers;

  auto operator<=>(const DnsSpec&) const = default;
};

struct IcmpSpec {
  uint32_t count = 3;
  std::chrono::microseconds gap{20'000};
  uint32_t max_loss_percent = 50;
  /// Zero: no bound.
  std::chrono::microseconds max_rtt{0};
  std::chrono::microseconds max_jitter{0};

  auto operator<=>(const IcmpSpec&) const = default;
};

/// Zero: only the timeout of the probe counts.
struct PhaseLimits {
  std::chrono::microseconds connect{0};
  std::chrono::microseconds tls{0};
  std::chrono::microseconds exchange{0};

  auto operator<=>(const PhaseLimits&) const = default;
};

struct Spec {
  SocketAddress address;
  /// From the start of one probe to the start of the next.
  std::chrono::microseconds interval{5'000'000};
  /// For one whole probe.
  std::chrono::microseconds timeout{2'000'000};
  PhaseLimits limits;
  /// Above it a success is a failure; zero: never.
  std::chrono::microseconds max_latency{0};
  /// What was seen counts for so long; of what is down for backoff_max longer.
  std::chrono::microseconds staleness{17'000'000};
  uint32_t rise = 2;
  uint32_t fall = 3;
  /// Successes in a row after which failures are forgotten.
  uint32_t forget = 3;
  /// Down for so long before pauses grow up to the maximum; zero: they do not.
  std::chrono::microseconds backoff_after{0};
  std::chrono::microseconds backoff_max{0};
  /// Without: plain.
  std::optional<TlsSpec> tls;
  std::variant<ExchangeSpec, HttpSpec, GrpcSpec, HeldSpec, UdpSpec, DnsSpec, IcmpSpec, CommandSpec,
               CombinedSpec>
      what;

  auto operator<=>(const Spec&) const = default;
};

/// `target` as the director assigned it.
Result<Spec> BuildSpec(const v1::Target& target);

/// Its connection is to be kept (Prober::Hold).
bool IsHeld(const Spec& spec);

/// Two of them may run at the same time: a command may not, for who knows what it does.
bool MayOverlap(const Spec& spec);

/// "200-299, 404"
std::string ToString(const std::vector<StatusRange>& status);

}  // namespace waypost::probe
