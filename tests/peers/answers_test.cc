// The same questions to Waypost and to a peer: every difference is a line of differences.txt, with
// the clause that decides it, and every line is needed.
//
// WAYPOST_SEEDS=N asks N random worlds instead of a few.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/peers/difference.h"
#include "tests/peers/name_server.h"
#include "tests/peers/zones.h"

namespace waypost::peers {
namespace {

using Kind = NameServer::Kind;
using test::Bytes;
using test::Message;

uint64_t Seeds() {
  const char* wanted = std::getenv("WAYPOST_SEEDS");
  return wanted == nullptr ? 40 : std::strtoull(wanted, nullptr, 10);
}

const World& TheWorld() {
  static const World world = [] {
    World all = HardWorld();
    for (uint64_t seed = 1; seed <= Seeds(); ++seed) {
      World one = RandomWorld(seed);
      all.zones.merge(one.zones);
      all.questions.insert(all.questions.end(), one.questions.begin(), one.questions.end());
    }
    return all;
  }();
  return world;
}

/// How a question travels: without EDNS, with it, by TCP.
struct Packet {
  Bytes octets;
  bool is_tcp = false;
};

Packet PacketFor(const Question& question, uint16_t id) {
  test::QueryPacket packet(question.name, question.type);
  packet.Id(id).Flags(id % 5 == 0 ? 0x0100 : 0);
  if (id % 3 != 0) packet.Edns(1232);
  return {packet.Build(), id % 3 == 2};
}

struct Received {
  size_t octets = 0;
  Message message;
};

/// Twice if need be: a datagram may be lost on a busy machine, a connection end when it was long.
std::optional<Bytes> Fetch(NameServer& server, const Packet& packet) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto reply = packet.is_tcp ? server.AskTcp(packet.octets) : server.AskUdp(packet.octets);
    if (reply) return reply;
  }
  return std::nullopt;
}

std::optional<Received> Ask(NameServer& server, const Packet& packet) {
  const auto reply = Fetch(server, packet);
  const auto message = reply ? test::ReadMessage(*reply) : std::nullopt;
  if (!message) return std::nullopt;
  return Received{reply->size(), *message};
}

class Peers : public ::testing::TestWithParam<Kind> {
 protected:
  static std::unique_ptr<NameServer>& Ours() {
    static std::unique_ptr<NameServer> ours;
    return ours;
  }
  static void SetUpTestSuite() {
    std::string why;
    Ours() = NameServer::Start(Kind::kWaypost, TheWorld().zones, why);
    ASSERT_NE(Ours(), nullptr) << why;
    EXPECT_EQ(Ours()->refused(), std::set<std::string>{});
  }
  static void TearDownTestSuite() { Ours().reset(); }

  /// Whether the table has a line for it; notes that the line is needed.
  bool IsExplained(const std::string& peer, const std::string& kind, const Marks& marks) {
    bool found = false;
    for (size_t i = 0; i < table_.size(); ++i) {
      if (!table_[i].Covers(peer, kind, marks)) continue;
      used_.insert(i);
      found = true;
    }
    return found;
  }
  void ExpectRefusalsExplained(const NameServer& peer) {
    for (const std::string& origin : peer.refused()) {
      EXPECT_TRUE(IsExplained(peer.name(), "zone " + origin, {"refused"})) << origin;
    }
  }
  bool IsRefused(const NameServer& peer, const Question& question) const {
    return std::any_of(peer.refused().begin(), peer.refused().end(),
                       [&](const auto& origin) { return question.name.ends_with(origin); });
  }
  void Compare(NameServer& peer, const Question& question, uint16_t id) {
    const Packet packet = PacketFor(question, id);
    const auto ours = Ask(*Ours(), packet);
    const auto theirs = Ask(peer, packet);
    ASSERT_TRUE(ours) << question.name << " " << question.type;
    ASSERT_TRUE(theirs) << question.name << " " << question.type;
    const Marks marks = Differences(ours->message, theirs->message);
    if (marks.empty()) {
      our_octets_ += ours->octets;
      their_octets_ += theirs->octets;
      return;
    }
    const std::string kind = KindOf(question, ours->message, TheWorld().zones);
    if (IsExplained(peer.name(), kind, marks)) return;
    std::string text = kind + ":";
    for (const std::string& mark : marks) text += " [" + mark + "]";
    ADD_FAILURE() << question.name << " " << question.type << " " << text << "\n ours\n"
                  << Show(ours->message) << " " << peer.name() << "\n"
                  << Show(theirs->message);
  }
  void ExpectEveryLineNeeded(const std::string& peer) {
    for (size_t i = 0; i < table_.size(); ++i) {
      if (table_[i].peer != peer) continue;
      EXPECT_EQ(used_.count(i), 1U) << "no difference is explained by this line any more: " << peer
                                    << " " << table_[i].kind << " " << table_[i].clause;
    }
  }

  const std::vector<Explained> table_ = ReadTable("tests/peers/differences.txt");
  std::set<size_t> used_;
  size_t our_octets_ = 0;
  size_t their_octets_ = 0;
};

TEST_P(Peers, AnswerAlikeButForWhatTheTableExplains) {
  std::string why;
  const auto peer = NameServer::Start(GetParam(), TheWorld().zones, why);
  if (peer == nullptr) GTEST_SKIP() << "THE PEER IS NOT COMPARED WITH: " << why;
  ExpectRefusalsExplained(*peer);
  uint16_t id = 0;
  for (const Question& question : TheWorld().questions) {
    if (!IsRefused(*peer, question)) Compare(*peer, question, ++id);
    if (HasFatalFailure()) return;
  }
  ExpectEveryLineNeeded(peer->name());
  RecordProperty("our_octets", std::to_string(our_octets_));
  // Where the contents are equal, ours are at most a twentieth larger than NSD's.
  if (GetParam() == Kind::kNsd) {
    EXPECT_LE(our_octets_, their_octets_ + their_octets_ / 20);
  }
  EXPECT_GT(our_octets_, 100'000U) << "most replies are equal";
}

INSTANTIATE_TEST_SUITE_P(Real, Peers, ::testing::Values(Kind::kNsd, Kind::kKnot, Kind::kBind),
                         [](const auto& kind) {
                           return std::string(kind.param == Kind::kNsd    ? "Nsd"
                                              : kind.param == Kind::kKnot ? "Knot"
                                                                          : "Bind");
                         });

}  // namespace
}  // namespace waypost::peers
