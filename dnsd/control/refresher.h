// Keeps the zones that have primaries fresh: asks them when the SOA's timers, a NOTIFY or an
// operator say so, fetches what is new, hands it over to be published, and gives up what expired.
//
// A primary is asked about kChecksPerPrimary zones at a time, and kTransfers zones are fetched at a
// time, half of them at most from one primary: so one that is slow holds up its own zones only.
//
// Thread safety: all calls from any thread; sockets and timers belong to the thread inside.
// Ownership: clock, events and what `deliver` and `keys` lead to must outlive it. Errors: none;
// what goes wrong between us and a primary is an event, a count and a part of FactsOf.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/config/build.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/control/gate.h"
#include "dnsd/control/primary_client.h"
#include "dnsd/control/secondary_zone.h"
#include "dnsd/transfer/tsig.h"

namespace waypost::control {

class Refresher {
 public:
  static constexpr int kTransfers = 16;
  static constexpr int kChecksPerPrimary = kTransfers / 2;
  /// Between two checks of a zone, however many notifications come in: a flood of them, which may
  /// be forged, must not become one of questions.
  static constexpr std::chrono::seconds kCheckPause{1};

  struct Links {
    std::function<void(Delivery)> deliver;
    std::function<std::shared_ptr<const transfer::KeyRing>()> keys;
  };
  Refresher(const Clock& clock, EventBus& events, uint64_t seed, Links links,
            PrimaryTimes times = {});
  ~Refresher();

  /// What a zone has from a former life; for zones that Configure names later.
  void Adopt(const std::string& origin, std::shared_ptr<const zone::Records> content,
             Wall confirmed);
  /// The zones with primaries are those of this configuration.
  void Configure(std::shared_ptr<const config::Built> built);
  /// Checks the zone at once; `full`: transfers all of it.
  void Refresh(const std::string& origin, bool full);
  /// Absent: it has no primaries.
  std::optional<SecondaryFacts> FactsOf(const std::string& origin) const;
  SecondaryFigures figures() const;
  /// Idempotent.
  void Stop();

 private:
  using Zone = std::shared_ptr<SecondaryZone>;
  template <typename T>
  using Awaited = boost::asio::awaitable<T>;
  using Trouble = transfer::Trouble;

  // On the thread inside.
  void Reconfigure(const config::Built& built);
  void AddZone(const std::string& origin, const config::BuiltZone& built);
  void Queue(const Zone& zone);
  void Arm();
  void RunDue();
  Steady SoonestCheck(const SecondaryZone& zone) const;
  void Expire(const Zone& zone);
  Awaited<void> Check(Zone zone);
  Awaited<std::optional<Trouble>> Try(Zone zone, Primary primary, bool full);
  Awaited<std::optional<Trouble>> Take(Zone zone, Primary primary, Version version, bool is_new);
  /// Says what was transferred.
  std::string CountTransfer(SecondaryZone& zone, const Primary& primary, bool is_whole,
                            uint64_t out_of_zone);
  Awaited<std::optional<Trouble>> Deliver(std::string origin, Version version);
  void Confirm(SecondaryZone& zone, const Primary& primary);
  void Report(SecondaryZone& zone, const Primary& primary, const Trouble& trouble);
  void TellFacts(const SecondaryZone& zone);
  void Count(uint64_t SecondaryFigures::*figure);
  std::shared_ptr<Gate> GateOf(const SocketAddress& primary);

  const Clock& clock_;
  EventBus& events_;
  const Links links_;
  const PrimaryTimes times_;
  boost::asio::io_context io_{1};

  // Owned by the thread inside.
  Random random_;
  boost::asio::steady_timer timer_;
  std::map<std::string, Zone> zones_;
  std::map<std::string, KeptContent> adopted_;
  std::set<std::pair<Steady, Zone>> queue_;
  std::map<SocketAddress, std::shared_ptr<Gate>> gates_;
  std::shared_ptr<Gate> transfers_;

  mutable std::mutex mutex_;  // guards facts_ and figures_
  std::map<std::string, SecondaryFacts> facts_;
  SecondaryFigures figures_;

  std::thread thread_;
};

}  // namespace waypost::control
