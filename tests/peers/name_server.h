// Real name servers on loopback, each with the same zones: Waypost and its peers of Debian 12.
//
// Thread safety: one thread. Ownership: the destructor ends the process and removes its folder.
// Errors: a server that is not installed or does not get ready is absent, with the reason.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "tests/support/dns_message.h"
#include "tests/support/process.h"

namespace waypost::peers {

/// Origin, without the last dot -> master file.
using Zones = std::map<std::string, std::string>;

class NameServer {
 public:
  /// kUnbound and kKnotResolver are resolvers: they serve no zone but ask `upstream` for all of
  /// them, kUnbound from the zone's apex down, kKnotResolver at once.
  enum class Kind { kWaypost, kNsd, kKnot, kBind, kUnbound, kKnotResolver };

  /// Starts it and waits until it has loaded the zones; null: `why` says what went wrong.
  static std::unique_ptr<NameServer> Start(Kind kind, const Zones& zones, std::string& why,
                                           const NameServer* upstream = nullptr);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  const std::string& name() const { return name_; }
  /// Zones that it refused to load.
  const std::set<std::string>& refused() const { return refused_; }

  /// How long to wait for a reply; two seconds unless told.
  void SetPatience(std::chrono::milliseconds limit);

  /// The reply, or nothing in time. A closed TCP connection is opened anew for the next
  /// message.
  std::optional<test::Bytes> AskUdp(std::span<const uint8_t> query);
  std::optional<test::Bytes> AskTcp(std::span<const uint8_t> query);

 private:
  NameServer(Kind kind, uint16_t port);

  bool Launch(Kind kind, const Zones& zones, const NameServer* upstream);
  bool GetsReady(const Zones& zones);
  bool Serves(const std::string& origin);
  int Connected(int type) const;

  std::string name_;
  std::set<std::string> refused_;
  test::TempDir dir_;
  uint16_t port_;
  std::chrono::milliseconds patience_{2000};
  int udp_ = -1;
  int tcp_ = -1;
  std::unique_ptr<test::Process> process_;
};

}  // namespace waypost::peers
