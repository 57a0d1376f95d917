#include "dnsd/serve/lookahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/serve/responder.h"
#include "tests/support/dns_message.h"
#include "tests/support/served_world.h"

namespace waypost::serve {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

using Bytes = std::vector<uint8_t>;

/// Remembers whom it was asked to load.
class RecordingMap final : public geo::ClientMap {
 public:
  mutable std::vector<std::string> indices, leaves;

  RecordingMap() { classes_.resize(1); }

  void PrefetchIndex(const IpAddress& address) const noexcept override {
    indices.push_back(address.ToString());
  }
  void PrefetchLeaf(const IpAddress& address) const noexcept override {
    leaves.push_back(address.ToString());
  }
  geo::Located Find(const IpAddress&) const noexcept override { return {}; }
  void ForEach(const std::function<void(const IpPrefix&, uint32_t)>&) const override {}
  uint64_t prefix_count() const noexcept override { return 0; }
  uint64_t memory_bytes() const noexcept override { return 0; }
};

class LookaheadTest : public testing::Test {
 protected:
  LookaheadTest() {
    served_.world.AddRegion("eu", "country: 'IE'");
    served_.world.AddPool("eu", "eu", {"192.0.2.10"});
    served_.world.AddPolicy("near", "steps { residency {} }");
    served_.world.AddRecord("steered.example.com", "near", {"eu"});
    served_.AddZone("example.com",
                    "www A 192.0.2.1\nsub NS ns.sub\nns.sub A 192.0.2.2\nchild NS ns.child\n"
                    "ns.child A 192.0.2.3\n*.wild A 192.0.2.4\nalias CNAME www\ndname DNAME x\n"
                    "below.dname A 192.0.2.5\n");
    served_.AddZone("child.example.com", "www A 192.0.2.6\n");
    snapshot_ = served_.Build();
    snapshot_.clients = map_;
    snapshot_.fronts = std::make_shared<steer::FrontTable>(*snapshot_.steering, *map_);
  }

  /// `times` the same query, from 203.0.113.5.
  void Load(const Bytes& query, int times = 3) {
    for (int i = 0; i < times; ++i) lookahead_.Add(query, *IpAddress::Parse("203.0.113.5"));
    lookahead_.Load(&snapshot_);
  }
  /// What 203.0.113.5 gets, by `decide`.
  static Bytes ReplyTo(const Bytes& query, const Horizon& horizon,
                       Decider decide = &steer::Decide) {
    const Identity identity{"", ""};
    Tally tally;
    Responder responder(identity, decide, 1, tally);
    Bytes reply(wire::kMaxUdpPayload);
    reply.resize(responder.Respond(query, *IpAddress::Parse("203.0.113.5"), Transport::kUdp,
                                   horizon, reply));
    return reply;
  }
  /// The same with what was looked ahead for the first query.
  Bytes HintedReplyTo(const Bytes& query, Horizon horizon, Decider decide = &steer::Decide) {
    horizon.hint = &lookahead_.HintOf(0, query);
    return ReplyTo(query, horizon, decide);
  }

  test::ServedWorld served_;
  Snapshot snapshot_;
  std::shared_ptr<RecordingMap> map_ = std::make_shared<RecordingMap>();
  Lookahead lookahead_;
};

const Bytes kNetwork = {198, 51, 100};

TEST_F(LookaheadTest, TheClientOfASteeredNameIsItsSubnet) {
  Load(test::QueryPacket("STEERED.example.com", zone::kA).Subnet(1, 24, kNetwork).Build());
  EXPECT_THAT(map_->indices, ElementsAre("198.51.100.0", "198.51.100.0", "198.51.100.0"));
  EXPECT_EQ(map_->leaves, map_->indices);
}

TEST_F(LookaheadTest, WithoutASubnetItIsTheSender) {
  Load(test::QueryPacket("steered.example.com", zone::kA).Build());
  EXPECT_THAT(map_->indices, Each("203.0.113.5"));
  EXPECT_EQ(map_->indices.size(), 3U);
}

TEST_F(LookaheadTest, StaticNamesNeedNoClient) {
  Load(test::QueryPacket("www.example.com", zone::kA).Subnet(1, 24, kNetwork).Build());
  EXPECT_THAT(map_->indices, IsEmpty());
}

TEST_F(LookaheadTest, FewQueriesAreNotWorthIt) {
  Load(test::QueryPacket("steered.example.com", zone::kA).Build(), 2);
  EXPECT_THAT(map_->indices, IsEmpty());
}

TEST_F(LookaheadTest, MoreThanItHasRoomForAreLeftOut) {
  Load(test::QueryPacket("steered.example.com", zone::kA).Build(), 1000);
  EXPECT_EQ(map_->indices.size(), Lookahead::kMostQueries);
}

TEST_F(LookaheadTest, AnswersAreThoseThatAreFoundWithoutIt) {
  size_t hints = 0;
  for (const std::string name : {"", "www.", "WWW.", "missing.", "sub.", "www.sub.", "child.",
                                 "www.child.", "x.wild.", "alias.", "below.dname.", "steered."}) {
    for (const uint16_t type : {zone::kA, zone::kNs, zone::kDs, zone::kCname, zone::kAny}) {
      const Bytes query = test::QueryPacket(name + "example.com", type).Build();
      Load(query);
      hints += lookahead_.HintOf(0, query).node != nullptr ? 1 : 0;
      EXPECT_EQ(HintedReplyTo(query, &snapshot_), ReplyTo(query, &snapshot_))
          << name << " " << type;
    }
  }
  EXPECT_GT(hints, 20U);
  const steer::Record& steered = served_.world.record_of("steered.example.com");
  EXPECT_TRUE(snapshot_.fronts->Find(steered, steer::Want::kA, 0)->is_known());
}

/// Says whom it decides for by the TTL of an empty answer.
steer::Decision TellSourceLength(const steer::Record&, steer::Want, const steer::Client& client,
                                 const steer::World&, const steer::Draw&, steer::Trace*) {
  steer::Decision decision;
  decision.ttl_s = client.source_length;
  return decision;
}

TEST_F(LookaheadTest, ThoseWhoLookAtNoSubnetGetTheSender) {
  test::ServedWorld served;
  served.world.AddRegion("eu", "country: 'IE'");
  served.world.AddPool("eu", "eu", {"192.0.2.10"});
  served.world.AddPolicy("near", "steps { geo {} }");
  served.world.AddPolicy("blind", "steps { geo {} } ecs: false");
  served.world.AddRecord("steered.example.com", "near", {"eu"});
  served.world.AddRecord("blind.example.com", "blind", {"eu"});
  served.world.AddRecord("steered.example.net", "near", {"eu"});
  served.AddZone("example.com", "");
  served.AddZone("example.net", "", /*ecs=*/false);
  snapshot_ = served.Build();
  snapshot_.clients = map_;
  const std::map<std::string, uint32_t> bits = {
      {"steered.example.com", 24}, {"blind.example.com", 32}, {"steered.example.net", 32}};
  for (const auto& [name, expected] : bits) {
    const Bytes query = test::QueryPacket(name, zone::kA).Subnet(1, 24, kNetwork).Build();
    Load(query);
    ASSERT_NE(lookahead_.HintOf(0, query).steered, nullptr) << name;
    const Bytes reply = HintedReplyTo(query, &snapshot_, &TellSourceLength);
    EXPECT_EQ(test::ReadMessage(reply)->authority.at(0).ttl, expected) << name;
  }
}

TEST_F(LookaheadTest, ClientsOfAViewAreAnsweredFromItsZones) {
  test::ServedWorld own;
  own.AddZone("example.com", "www A 10.0.0.1\nsteered A 10.0.0.2\n");
  const ServedView view{
      .zones = {own.Build().zones[0]},
      .index = zone::ZoneIndex::Build(std::vector{wire::Name::Parse("example.com").value()})};
  for (const std::string name : {"www", "steered", "alias"}) {
    const Bytes query = test::QueryPacket(name + ".example.com", zone::kA).Build();
    Load(query);
    ASSERT_NE(lookahead_.HintOf(0, query).node, nullptr) << name;
    const Bytes reply = HintedReplyTo(query, {&snapshot_, &view});
    EXPECT_EQ(reply, ReplyTo(query, {&snapshot_, &view})) << name;
    EXPECT_NE(reply, ReplyTo(query, &snapshot_)) << name;
  }
}

TEST_F(LookaheadTest, WhatStandsBehindAHeaderIsNotWhatItLookedAt) {
  const Bytes query = test::QueryPacket("steered.example.com", zone::kA).Build();
  Bytes passed(16, 0);
  passed.insert(passed.end(), query.begin(), query.end());
  Load(passed);
  const Hint& hint = lookahead_.HintOf(0, std::span(passed).subspan(16));
  EXPECT_EQ(hint.query, nullptr);
  EXPECT_EQ(hint.steered, nullptr);
}

TEST_F(LookaheadTest, NamesAreFoundAmongManyZones) {
  test::ServedWorld many;
  for (int i = 0; i < 200; ++i)
    many.AddZone("z" + std::to_string(i) + ".test", "www A 192.0.2.7\n");
  snapshot_ = many.Build();
  const Bytes query = test::QueryPacket("www.z150.test", zone::kA).Build();
  Load(query);
  const Hint hint = lookahead_.HintOf(1, query);
  ASSERT_NE(hint.node, nullptr);
  EXPECT_EQ(hint.served, snapshot_.FindZone(hint.query->qname(), nullptr).zone);
  const Bytes unserved = test::QueryPacket("www.z200.test", zone::kA).Build();
  Load(unserved);
  EXPECT_EQ(lookahead_.HintOf(1, unserved).served, nullptr);
}

TEST_F(LookaheadTest, WhatIsNoQueryDoesNoHarm) {
  Bytes query = test::QueryPacket("steered.example.com", zone::kA).Subnet(1, 24, kNetwork).Build();
  for (size_t size = 0; size <= query.size(); ++size) {
    Load(Bytes(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  for (size_t i = 12; i < query.size(); ++i) {
    for (const uint8_t octet : {0, 63, 64, 68, 90, 192, 255}) {
      Bytes changed = query;
      changed[i] = octet;
      Load(changed);
    }
  }
}

}  // namespace
}  // namespace waypost::serve
