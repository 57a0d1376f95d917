// Resolvers find through Waypost what Waypost says itself.
#include <gtest/gtest.h>

#include "tests/peers/difference.h"
#include "tests/peers/name_server.h"
#include "tests/peers/zones.h"

namespace waypost::peers {
namespace {

using Kind = NameServer::Kind;

/// Names whose answers lie wholly in the zones served; aliases, wildcards and what is missing too.
const Question kQuestions[] = {{"hard.test", 15},
                               {"www.hard.test", 1},
                               {"alias2.hard.test", 1},
                               {"dangling.hard.test", 1},
                               {"across.hard.test", 1},
                               {"up.child.hard.test", 1},
                               {"deep.er.ent.hard.test", 16},
                               {"er.ent.hard.test", 1},
                               {"nothing.hard.test", 1},
                               {"a.b.wild.hard.test", 1},
                               {"z.y.wild.hard.test", 1},
                               {"a.walias.hard.test", 1},
                               {"b.x.star.hard.test", 16},
                               {"host.old.hard.test", 1},
                               {"host.twice.hard.test", 1},
                               {"back.hard.test", 1},
                               {"nothing.old.hard.test", 1},
                               {"signed.hard.test", 43},
                               {"unsigned.hard.test", 43},
                               {"_sip._udp.hard.test", 33},
                               {"svc.hard.test", 65},
                               {"big.hard.test", 16},
                               {"unknown.hard.test", 65280},
                               {"esc\\.aped.hard.test", 1}};

std::optional<test::Message> Ask(NameServer& server, const Question& question, uint16_t id) {
  const auto reply =
      server.AskUdp(test::QueryPacket(question.name, question.type).Id(id).Edns(1232).Build());
  return reply ? test::ReadMessage(*reply) : std::nullopt;
}

class Resolver : public testing::TestWithParam<Kind> {};

TEST_P(Resolver, FindsWhatIsServed) {
  const World world = HardWorld();
  std::string why;
  const auto ours = NameServer::Start(Kind::kWaypost, world.zones, why);
  ASSERT_NE(ours, nullptr) << why;
  const auto resolver = NameServer::Start(GetParam(), world.zones, why, ours.get());
  if (resolver == nullptr) GTEST_SKIP() << "NO RESOLVER IS ASKED: " << why;
  uint16_t id = 0;
  for (const Question& question : kQuestions) {
    const auto served = Ask(*ours, question, ++id);
    const auto found = Ask(*resolver, question, ++id);
    ASSERT_TRUE(served && found) << question.name;
    EXPECT_EQ(served->rcode(), found->rcode()) << question.name;
    const Marks marks = Differences(*served, *found);
    EXPECT_EQ(marks.count("answer+") + marks.count("answer-") + marks.count("answer~"), 0U)
        << question.name << "\n"
        << Show(*served) << Show(*found);
  }
}

INSTANTIATE_TEST_SUITE_P(Peers, Resolver, testing::Values(Kind::kUnbound, Kind::kKnotResolver),
                         [](const auto& peer) {
                           return peer.param == Kind::kUnbound ? "Unbound" : "KnotResolver";
                         });

}  // namespace
}  // namespace waypost::peers
