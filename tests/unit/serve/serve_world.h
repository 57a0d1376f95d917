// A small served world for tests: real zones from text, a decision function that each test scripts,
// and queries whose replies come back parsed.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/serve/responder.h"
#include "dnsd/zone/builder.h"
#include "tests/support/dns_message.h"

namespace waypost::serve {

/// Every client has the class 7 for a /20.
class FlatClientMap final : public geo::ClientMap {
 public:
  FlatClientMap() { classes_.resize(8); }

  void PrefetchIndex(const IpAddress&) const noexcept override {}
  void PrefetchLeaf(const IpAddress&) const noexcept override {}
  geo::Located Find(const IpAddress&) const noexcept override {
    return {.class_id = 7, .prefix_length = 20};
  }
  void ForEach(const std::function<void(const IpPrefix&, uint32_t)>&) const override {}
  uint64_t prefix_count() const noexcept override { return 0; }
  uint64_t memory_bytes() const noexcept override { return 0; }
};

class ServeWorld {
 public:
  using Decide =
      std::function<steer::Decision(const steer::Record&, steer::Want, const steer::Client&)>;

  ServeWorld() : responder_(identity_, &Scripted, 1, *tally_) {
    auto steering = std::make_shared<steer::Steering>();
    steering->topology.pools.resize(3);
    steering_ = steering;
    snapshot_.steering = steering;
    snapshot_.clients = std::make_shared<FlatClientMap>();
    snapshot_.pool_slots = {10, 11, 12};
  }

  /// Endpoint indices are given in order from 0.
  ServeWorld& Endpoint(const std::string& address_or_name) {
    steer::Endpoint endpoint;
    if (const auto address = IpAddress::Parse(address_or_name)) {
      endpoint.address = *address;
    } else {
      endpoint.cname = wire::Name::Parse(address_or_name).value();
    }
    steering_->topology.endpoints.push_back(endpoint);
    return *this;
  }

  /// The SOA (negative TTL 300 of a minimum of 900) and an NS are added to `text`.
  ServeWorld& Zone(const std::string& origin, const std::string& text,
                   const std::vector<zone::SteeredOwner>& steered = {}, bool ecs = true) {
    origins_.push_back(wire::Name::Parse(origin).value());
    AddZone(origins_.back(), text, steered, ecs);
    snapshot_.index = std::make_shared<zone::ZoneIndex>(zone::ZoneIndex::Build(origins_));
    return *this;
  }

  /// Ours, but neither transferred nor otherwise there.
  ServeWorld& ZoneWithoutData(const std::string& origin) {
    snapshot_.zones.push_back({});
    origins_.push_back(wire::Name::Parse(origin).value());
    snapshot_.index = std::make_shared<zone::ZoneIndex>(zone::ZoneIndex::Build(origins_));
    return *this;
  }

  /// Whoever asks from now on has this view, of these zones.
  ServeWorld& View(const std::vector<std::pair<std::string, std::string>>& zones,
                   bool own_zones_only = false) {
    view_ = std::make_unique<ServedView>();
    view_->own_zones_only = own_zones_only;
    std::vector<wire::Name> origins;
    for (const auto& [origin, text] : zones) {
      origins.push_back(wire::Name::Parse(origin).value());
      AddZone(origins.back(), text, {}, true);
      view_->zones.push_back(std::move(snapshot_.zones.back()));
      snapshot_.zones.pop_back();
    }
    view_->index = zone::ZoneIndex::Build(origins);
    return *this;
  }

  /// Of the zone declared last.
  ServeWorld& OpenTo(const char* network) {
    snapshot_.zones.Own(snapshot_.zones.size() - 1).allow_query =
        std::make_shared<PrefixSet>(std::vector<IpPrefix>{*IpPrefix::Parse(network)});
    return *this;
  }

  ServeWorld& Decides(Decide decide) {
    script() = std::move(decide);
    return *this;
  }

  /// Length of the reply in `reply_buffer()`; 0: dropped.
  size_t Respond(const test::Bytes& packet, Transport transport = Transport::kUdp) {
    const size_t room =
        transport == Transport::kUdp ? wire::kMaxUdpPayload : wire::kMaxMessageOctets;
    return responder_.Respond(packet, resolver_, transport,
                              {has_snapshot_ ? &snapshot_ : nullptr, view_.get()},
                              std::span(reply_).first(room));
  }

  /// As if a handler were there.
  void HandOver() { responder_.HandOver(); }

  /// From now on; the protection must outlive this world.
  void Obey(const Protection& protection, const Moment& now = {}, uint16_t keepalive_100ms = 0) {
    responder_.Obey(protection, now, keepalive_100ms);
  }

  /// What Respond wrote.
  std::span<const uint8_t> reply(size_t octets) const { return std::span(reply_).first(octets); }

  test::Message Ask(const test::QueryPacket& query, Transport transport = Transport::kUdp) {
    const size_t octets = Respond(query.Build(), transport);
    const auto message = test::ReadMessage(std::span(reply_).first(octets));
    EXPECT_TRUE(message) << "the reply is not well-formed";
    return message.value_or(test::Message{});
  }
  test::Message Ask(const std::string& name, uint16_t type) {
    return Ask(test::QueryPacket(name, type));
  }

  Figures figures() const {
    Figures figures;
    figures.answers_by_slot.resize(steer::kMaxPools);
    tally_->AddTo(figures);
    return figures;
  }
  steer::Record& record(size_t i) { return *records_[i]; }
  void ForgetSnapshot() { has_snapshot_ = false; }
  const Snapshot& snapshot() const { return snapshot_; }

 private:
  void AddZone(const wire::Name& origin, const std::string& text,
               const std::vector<zone::SteeredOwner>& steered, bool ecs) {
    const std::string whole = "$TTL 3600\n@ 300 SOA ns1 admin 1 7200 900 1209600 900\n@ NS ns1\n" +
                              std::string("ns1 A 192.0.2.53\n") + text;
    auto built = zone::LoadZoneText(whole, origin, origin.ToString(), steered);
    for (const auto& problem : built.problems) {
      if (!problem.is_warning) ADD_FAILURE() << problem.ToString();
    }
    ServedZone served{.zone = built.zone, .ecs = ecs};
    for (const auto& owner : steered) {
      auto record = std::make_unique<steer::Record>();
      record->name = owner.owner;
      served.steered.push_back(record.get());
      records_.push_back(std::move(record));
    }
    snapshot_.zones.push_back(std::move(served));
  }

  static Decide& script() {
    static Decide decide;
    return decide;
  }
  static steer::Decision Scripted(const steer::Record& record, steer::Want want,
                                  const steer::Client& client, const steer::World&,
                                  const steer::Draw&, steer::Trace*) {
    return script()(record, want, client);
  }

  const Identity identity_{"pop-7", "Waypost 0"};
  const IpAddress resolver_ = *IpAddress::Parse("203.0.113.53");
  std::unique_ptr<Tally> tally_ = std::make_unique<Tally>();
  Responder responder_;
  bool has_snapshot_ = true;
  Snapshot snapshot_;
  std::unique_ptr<ServedView> view_;
  std::shared_ptr<steer::Steering> steering_;
  std::vector<wire::Name> origins_;
  std::vector<std::unique_ptr<steer::Record>> records_;
  std::vector<uint8_t> reply_ = std::vector<uint8_t>(wire::kMaxMessageOctets);
};

/// A decision for these endpoints.
inline steer::Decision Chosen(std::initializer_list<steer::EndpointIndex> endpoints,
                              uint8_t scope = 0, uint32_t ttl_s = 30) {
  steer::Decision decision;
  decision.outcome = steer::Outcome::kAnswered;
  decision.scope = scope;
  decision.ttl_s = ttl_s;
  decision.pool = 1;
  for (const auto endpoint : endpoints) decision.endpoints[decision.count++] = endpoint;
  return decision;
}

inline zone::SteeredOwner SteeredAddresses(const std::string& owner) {
  return {.owner = wire::Name::Parse(owner).value(), .types = zone::kAddressTypes};
}
inline zone::SteeredOwner SteeredName(const std::string& owner) {
  return {.owner = wire::Name::Parse(owner).value(), .types = {zone::kCname}};
}

/// "OWNER TTL TYPE" of each record, in order.
inline std::vector<std::string> Shape(const std::vector<test::MessageRecord>& records) {
  std::vector<std::string> shape;
  for (const auto& record : records) {
    shape.push_back(record.owner + " " + std::to_string(record.ttl) + " " +
                    std::to_string(record.type));
  }
  return shape;
}

}  // namespace waypost::serve
