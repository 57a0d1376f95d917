// ICMP echo as octets (RFC 792, RFC 4443 section 4), and what a window of them says. Pure.
//
// Thread safety: values. Errors: what is no reply to this window is passed over.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/ip.h"
#include "healthd/probe/outcome.h"

namespace waypost::probe {

/// Tells one probe's packets from all others.
struct EchoIdentity {
  IpFamily family = IpFamily::kV4;
  uint16_t id = 0;
  uint64_t nonce = 0;
};

std::string BuildEcho(const EchoIdentity& identity, uint16_t sequence);
/// The sequence number that `packet` replies to. `has_ip_header`: as raw sockets of IPv4 give it.
/// The identifier is not compared, because ping sockets choose their own.
std::optional<uint16_t> ParseEchoReply(const EchoIdentity& identity, std::string_view packet,
                                       bool has_ip_header);

/// The packets of one probe and their replies.
class EchoWindow {
 public:
  void Sent(Steady when) { sent_.push_back({when, {}}); }
  void Received(uint16_t sequence, Steady when);

  size_t sent() const { return sent_.size(); }
  size_t received() const { return received_; }
  /// Loss of what was sent; mean round-trip time; jitter as the mean difference between the times
  /// of successive replies (RFC 5481 section 4.1). Times only with replies.
  Measured Measure() const;

 private:
  struct Packet {
    Steady sent;
    std::optional<Steady> received;
  };
  std::vector<Packet> sent_;
  size_t received_ = 0;
};

}  // namespace waypost::probe
