// The promise that answering allocates nothing, tried by counting every allocation of this program.
#include <gtest/gtest.h>

#include "tests/support/allocation_counter.h"
#include "tests/support/served_world.h"
#include "tests/unit/serve/serve_world.h"

namespace waypost::serve {
namespace {

using test::AllocationsOfThisThread;
using test::QueryPacket;
using zone::Type;

class Allocations : public ::testing::Test {
 protected:
  Allocations() {
    world_.Endpoint("192.0.2.10").Endpoint("host.example.com");
    world_.Zone("example.com",
                "host A 192.0.2.1\nalias CNAME host\nold DNAME new\nhost.new A 192.0.2.2\n"
                "* TXT wild\nsub NS ns.sub\nns.sub A 192.0.2.3\n@ MX 1 host\n",
                {SteeredAddresses("www.example.com"), SteeredName("edge.example.com")});
    world_.Decides([](const steer::Record&, steer::Want want, const steer::Client&) {
      return want == steer::Want::kCname ? Chosen({1}, 20) : Chosen({0}, 20);
    });
  }

  /// Allocations of a thousand replies to this query.
  uint64_t Of(const QueryPacket& query) {
    const test::Bytes packet = query.Build();
    const uint64_t before = AllocationsOfThisThread();
    for (int i = 0; i < 1000; ++i) {
      EXPECT_GT(world_.Respond(packet), wire::kHeaderOctets);
    }
    return AllocationsOfThisThread() - before;
  }

  ServeWorld world_;
};

TEST_F(Allocations, AreSeenByThisTest) {
  const uint64_t before = AllocationsOfThisThread();
  ::operator delete(::operator new(1));  // a new-expression might be optimised away
  EXPECT_EQ(AllocationsOfThisThread(), before + 1);
}

TEST_F(Allocations, AreNoneForStaticAnswers) {
  for (const char* name : {"host.example.com", "alias.example.com", "host.old.example.com",
                           "x.y.example.com", "www.sub.example.com", "host.example.org"}) {
    EXPECT_EQ(Of(QueryPacket(name, Type::kA)), 0U) << name;
  }
  EXPECT_EQ(Of(QueryPacket("example.com", Type::kMx)), 0U);
  EXPECT_EQ(Of(QueryPacket("example.com", Type::kAny)), 0U);
  EXPECT_EQ(Of(QueryPacket("version.bind", Type::kTxt, 3)), 0U);
}

TEST_F(Allocations, AreNoneForSteeredAnswers) {
  EXPECT_EQ(Of(QueryPacket("www.example.com", Type::kA)), 0U);
  EXPECT_EQ(Of(QueryPacket("www.example.com", Type::kA).Subnet(1, 24, {198, 51, 100})), 0U);
  EXPECT_EQ(Of(QueryPacket("edge.example.com", Type::kA).Option(3, {})), 0U);
}

/// As above, with the real decision function and policies of several steps.
TEST(SteeringAllocations, AreNoneFromEndToEnd) {
  test::ServedWorld served;
  served.world.AddRegion("eu", "country: 'IE' latitude: 53 longitude: -6", "gdpr");
  served.world.AddRegion("us", "country: 'US' latitude: 39 longitude: -77");
  served.world.AddPool("web-eu", "eu", {"192.0.2.1", "192.0.2.3", "2001:db8::1"});
  served.world.AddPool("web-us", "us", {"192.0.2.2", "2001:db8::2"});
  served.world.AddPolicy("all",
                         "steps { residency { prefer: true } } steps { geo {} } "
                         "steps { latency {} } steps { weighted { sticky: true } } "
                         "steps { answers { max: 2 } }");
  served.world.AddPolicy("turns",
                         "steps { failover {} } steps { round_robin {} } steps { hash {} }");
  served.world.AddRecord("www.example.com", "all", {"web-eu", "web-us"});
  served.world.AddRecord("turns.example.com", "turns", {"web-eu", "web-us"});
  served.AddZone("example.com", "");
  const Snapshot& snapshot = served.Build();
  served.world.AddClients("198.51.0.0/18", {.country = "IE", .rtt = {100, 900}});

  const Identity identity("", "");
  const auto tally = std::make_unique<Tally>();
  Responder responder(identity, &steer::Decide, 1, *tally);
  std::vector<uint8_t> out(wire::kMaxUdpPayload);
  for (const char* name : {"www.example.com", "turns.example.com"}) {
    for (const uint16_t type : {Type::kA, Type::kAaaa}) {
      const auto packet = QueryPacket(name, type).Subnet(1, 24, {198, 51, 10}).Build();
      const uint64_t before = AllocationsOfThisThread();
      for (int i = 0; i < 1000; ++i) {
        EXPECT_GT(responder.Respond(packet, {}, Transport::kUdp, &snapshot, out), 50U);
      }
      EXPECT_EQ(AllocationsOfThisThread(), before) << name;
    }
  }
  EXPECT_EQ(tally->decisions.Read(), 4000U);
}

}  // namespace
}  // namespace waypost::serve
