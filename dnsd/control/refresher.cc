#include "dnsd/control/refresher.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "dnsd/base/thread_name.h"
#include "dnsd/config/peers.h"
#include "dnsd/control/newest_version.h"
#include "dnsd/transfer/delta.h"

namespace waypost::control {
namespace {

namespace asio = boost::asio;
using transfer::Layer;
using transfer::Tried;

std::vector<Primary> PrimariesOf(const v1::Zone& zone) {
  std::vector<Primary> primaries;
  for (const v1::Peer& peer : zone.primaries()) {
    const auto key = wire::Name::Parse(peer.key());
    const bool is_signed = !peer.key().empty() && key;
    primaries.push_back({*config::ParsePeerAddress(peer.address()),
                         is_signed ? std::string(key->Lowered().wire()) : ""});
  }
  return primaries;
}

std::string InWords(const transfer::Trouble& trouble) {
  return fmt::format("{}: {}", NameOf(trouble.layer), trouble.fact);
}

}  // namespace

Refresher::Refresher(const Clock& clock, EventBus& events, uint64_t seed, Links links,
                     PrimaryTimes times)
    : clock_(clock),
      events_(events),
      links_(std::move(links)),
      times_(times),
      random_(seed),
      timer_(io_),
      transfers_(std::make_shared<Gate>(io_, kTransfers)),
      thread_([this] {
        NameThread("refresher");
        const auto work = asio::make_work_guard(io_);
        io_.run();
      }) {}

Refresher::~Refresher() { Stop(); }

void Refresher::Stop() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
  transfers_->Close();
  for (const auto& [address, gate] : gates_) gate->Close();
}

void Refresher::Adopt(const std::string& origin, std::shared_ptr<const zone::Records> content,
                      Wall confirmed) {
  asio::post(io_, [this, origin, kept = KeptContent{std::move(content), confirmed}] {
    adopted_[origin] = kept;
  });
}

void Refresher::Configure(std::shared_ptr<const config::Built> built) {
  asio::post(io_, [this, built = std::move(built)] { Reconfigure(*built); });
}

void Refresher::Refresh(const std::string& origin, bool full) {
  asio::post(io_, [this, origin, full] {
    const auto found = zones_.find(origin);
    if (found == zones_.end()) return;
    SecondaryZone& zone = *found->second;
    zone.wants_whole = zone.wants_whole || full;
    zone.is_hastened = true;
    zone.schedule.Hasten(SoonestCheck(zone));
    Queue(found->second);
  });
}

std::optional<SecondaryFacts> Refresher::FactsOf(const std::string& origin) const {
  const std::lock_guard lock(mutex_);
  const auto found = facts_.find(origin);
  if (found == facts_.end()) return std::nullopt;
  return found->second;
}

SecondaryFigures Refresher::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

Steady Refresher::SoonestCheck(const SecondaryZone& zone) const {
  return std::max(clock_.Now(), zone.checked + kCheckPause);
}

void Refresher::Reconfigure(const config::Built& built) {
  for (auto at = zones_.begin(); at != zones_.end();) {
    const auto now = built.zones.find(at->first);
    if (now != built.zones.end() && config::IsSecondary(now->second) &&
        !config::IsReset(at->second->incarnation, now->second.extras->incarnation)) {
      ++at;
      continue;
    }
    at->second->is_gone = true;
    queue_.erase({at->second->queued, at->second});
    const std::lock_guard lock(mutex_);
    facts_.erase(at->first);
    at = zones_.erase(at);
  }
  for (const auto& [origin, zone] : built.zones) {
    if (config::IsSecondary(zone)) AddZone(origin, zone);
  }
  adopted_.clear();
}

void Refresher::AddZone(const std::string& origin, const config::BuiltZone& built) {
  Zone& zone = zones_[origin];
  if (zone != nullptr) zone->incarnation = built.extras->incarnation;
  std::vector<Primary> primaries = PrimariesOf(built.resource->zone());
  // A key may be another now, though it has the same name.
  const bool is_keyless =
      zone != nullptr && zone->facts.error && zone->facts.error->trouble.layer == Layer::kTsig;
  if (zone != nullptr && zone->primaries == primaries && !is_keyless) return;
  const Steady now = clock_.Now();
  if (zone == nullptr) {
    zone = std::make_shared<SecondaryZone>(origin, now, random_.Next());
    zone->wire_origin = built.Origin().Lowered().wire();
    zone->incarnation = built.extras->incarnation;
    if (const auto kept = adopted_.find(origin); kept != adopted_.end()) {
      zone->content = kept->second.content;
      // Clocks may have been set meanwhile; nothing was confirmed in the future.
      const auto age = std::max(clock_.WallNow() - kept->second.confirmed, Wall::duration(0));
      zone->schedule.Confirm(transfer::SoaOf(*zone->content), now - age);
    }
  }
  zone->primaries = std::move(primaries);
  zone->is_hastened = zone->is_busy;
  zone->schedule.Hasten(now);
  Queue(zone);
}

void Refresher::Queue(const Zone& zone) {
  queue_.erase({zone->queued, zone});
  const Steady due = zone->is_busy ? Steady::max() : zone->schedule.due();
  const auto expires = zone->is_delivering ? std::nullopt : zone->schedule.expires();
  zone->queued = std::min(due, expires.value_or(Steady::max()));
  queue_.insert({zone->queued, zone});
  TellFacts(*zone);
  Arm();
}

void Refresher::Arm() {
  if (queue_.empty()) return;
  timer_.expires_at(queue_.begin()->first);
  timer_.async_wait([this](const boost::system::error_code& code) {
    if (!code) RunDue();
  });
}

void Refresher::RunDue() {
  const Steady now = clock_.Now();
  while (!queue_.empty() && queue_.begin()->first <= now) {
    const Zone zone = queue_.begin()->second;
    if (!zone->is_delivering && zone->schedule.Expire(now)) Expire(zone);
    if (!zone->is_busy && zone->schedule.due() <= now) {
      zone->is_busy = true;
      asio::co_spawn(io_, Check(zone), asio::detached);
    }
    Queue(zone);
  }
  Arm();
}

void Refresher::Expire(const Zone& zone) {
  zone->content = nullptr;
  zone->facts.has_expired = true;
  Count(&SecondaryFigures::expired);
  events_.Publish({{},
                   "secondary",
                   "zone/" + zone->origin,
                   "expired: no primary has confirmed it in time; SERVFAIL is answered"});
  links_.deliver({zone->origin, Delivery::Kind::kExpired, {}, {}});
}

std::shared_ptr<Gate> Refresher::GateOf(const SocketAddress& primary) {
  std::shared_ptr<Gate>& gate = gates_[primary];
  if (gate == nullptr) gate = std::make_shared<Gate>(io_, kChecksPerPrimary);
  return gate;
}

Refresher::Awaited<void> Refresher::Check(Zone zone) {
  zone->is_hastened = false;
  zone->checked = clock_.Now();
  const bool full = std::exchange(zone->wants_whole, false);
  const std::vector<Primary> primaries = zone->primaries;
  bool is_done = false;
  for (const Primary& primary : primaries) {
    const auto trouble = co_await Try(zone, primary, full);
    is_done = !trouble || zone->is_gone;
    if (is_done) break;
    Report(*zone, primary, *trouble);
  }
  zone->is_busy = false;
  if (zone->is_gone) co_return;
  if (!is_done) zone->schedule.Fail(clock_.Now());
  if (zone->is_hastened) zone->schedule.Hasten(SoonestCheck(*zone));
  Queue(zone);
}

Refresher::Awaited<std::optional<transfer::Trouble>> Refresher::Try(Zone zone, Primary primary,
                                                                    bool full) {
  std::shared_ptr<const transfer::TsigKey> key;
  if (!primary.key.empty()) {
    const auto ring = links_.keys();
    const auto found = ring->find(primary.key);
    if (found == ring->end()) {
      co_return Trouble{Layer::kTsig,
                        "the key " + transfer::NameText(primary.key) + " cannot be used here"};
    }
    key = found->second;
  }
  const std::shared_ptr<Gate> gate = GateOf(primary.address);
  const Gate::Pass pass = co_await gate->Enter();
  Count(&SecondaryFigures::checks);
  PrimaryClient client(io_, clock_, random_, primary.address, key, times_);
  Wanted wanted{zone->wire_origin, zone->content, full};
  Tried<std::optional<Version>> version = co_await FetchNewest(client, wanted, transfers_);
  if (!version) co_return version.error();
  if (zone->is_gone) co_return std::nullopt;
  if (!*version && zone->content != nullptr) {
    Confirm(*zone, primary);
    links_.deliver({zone->origin, Delivery::Kind::kConfirmed, {}, {}});
    co_return std::nullopt;
  }
  // It may have expired while the primary was asked: then what it confirms is there again.
  const bool is_new = version->has_value();
  Version taken = is_new ? **std::move(version) : Version{wanted.base, {}, 0};
  const bool is_whole = taken.deltas.empty();
  std::optional<Trouble> trouble = co_await Take(zone, primary, std::move(taken), is_new);
  const bool is_cause_known = !trouble || is_whole || trouble->layer != Layer::kContent;
  if (is_cause_known || zone->is_gone) co_return trouble;
  // What the differences made of our version cannot be served; what the primary has may well be.
  wanted.whole = true;
  version = co_await FetchNewest(client, wanted, transfers_);
  if (!version) co_return version.error();
  if (!*version || zone->is_gone) co_return trouble;
  trouble = co_await Take(zone, primary, **std::move(version), true);
  co_return trouble;
}

Refresher::Awaited<std::optional<transfer::Trouble>> Refresher::Take(Zone zone, Primary primary,
                                                                     Version version, bool is_new) {
  const auto content = version.content;
  const bool is_whole = version.deltas.empty();
  const uint64_t out_of_zone = version.out_of_zone;
  // Until it is done it does not expire, or the next version would be served after the end.
  zone->is_delivering = true;
  const std::optional<Trouble> trouble = co_await Deliver(zone->origin, std::move(version));
  zone->is_delivering = false;
  if (trouble) co_return trouble;
  zone->content = content;
  std::string words = fmt::format("serial {}, which had expired, confirmed by {}",
                                  transfer::SoaOf(*content).serial, primary.address.ToString());
  if (is_new) words = CountTransfer(*zone, primary, is_whole, out_of_zone);
  events_.Publish({{}, "secondary", "zone/" + zone->origin, std::move(words)});
  Confirm(*zone, primary);
  co_return std::nullopt;
}

std::string Refresher::CountTransfer(SecondaryZone& zone, const Primary& primary, bool is_whole,
                                     uint64_t out_of_zone) {
  zone.facts.transferred_by = is_whole ? "AXFR" : "IXFR";
  Count(is_whole ? &SecondaryFigures::whole_transfers : &SecondaryFigures::incremental_transfers);
  return fmt::format(
      "serial {} transferred from {} by {}{}", transfer::SoaOf(*zone.content).serial,
      primary.address.ToString(), zone.facts.transferred_by,
      out_of_zone == 0 ? "" : fmt::format("; {} records out of the zone left out", out_of_zone));
}

Refresher::Awaited<std::optional<transfer::Trouble>> Refresher::Deliver(std::string origin,
                                                                        Version version) {
  struct Outcome {
    explicit Outcome(asio::io_context& io) : bell(io, Steady::max()) {}
    asio::steady_timer bell;
    bool is_there = false;
    std::optional<Trouble> trouble;
  };
  const auto outcome = std::make_shared<Outcome>(io_);
  links_.deliver({std::move(origin), Delivery::Kind::kNew, std::move(version),
                  [this, outcome](std::optional<Trouble> trouble) {
                    asio::post(io_, [outcome, trouble = std::move(trouble)] {
                      outcome->trouble = trouble;
                      outcome->is_there = true;
                      outcome->bell.cancel();
                    });
                  }});
  boost::system::error_code rung;
  auto token = asio::redirect_error(asio::use_awaitable, rung);
  while (!outcome->is_there) co_await outcome->bell.async_wait(token);
  co_return outcome->trouble;
}

void Refresher::Confirm(SecondaryZone& zone, const Primary& primary) {
  const Steady now = clock_.Now();
  zone.schedule.Confirm(transfer::SoaOf(*zone.content), now);
  zone.facts.primary = primary.address.ToString();
  zone.facts.has_expired = false;
  zone.facts.failures = 0;
  if (zone.facts.error) {
    events_.Publish({{},
                     "secondary",
                     "zone/" + zone.origin,
                     fmt::format("current again, says {}", zone.facts.primary)});
  }
  zone.facts.error.reset();
}

void Refresher::Report(SecondaryZone& zone, const Primary& primary, const Trouble& trouble) {
  {
    const std::lock_guard lock(mutex_);
    ++figures_.failures[static_cast<size_t>(trouble.layer)];
  }
  const std::string address = primary.address.ToString();
  std::optional<SecondaryError>& error = zone.facts.error;
  const bool is_news = !error || error->primary != address || error->trouble.fact != trouble.fact;
  ++zone.facts.failures;
  error = SecondaryError{trouble, address, clock_.Now()};
  if (!is_news) return;
  events_.Publish({{},
                   "secondary",
                   "zone/" + zone.origin,
                   fmt::format("primary {}: {}", address, InWords(trouble))});
}

void Refresher::TellFacts(const SecondaryZone& zone) {
  SecondaryFacts facts = zone.facts;
  facts.is_busy = zone.is_busy;
  if (zone.content != nullptr) facts.serial = transfer::SoaOf(*zone.content).serial;
  facts.confirmed = zone.schedule.confirmed();
  facts.expires = zone.schedule.expires();
  facts.due = zone.schedule.due();
  const std::lock_guard lock(mutex_);
  facts_[zone.origin] = std::move(facts);
}

void Refresher::Count(uint64_t SecondaryFigures::*figure) {
  const std::lock_guard lock(mutex_);
  ++(figures_.*figure);
}

}  // namespace waypost::control
