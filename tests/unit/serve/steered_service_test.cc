// The whole data plane with the real decision function: sockets, zones, policies, client subnets
// and the board.
#include <gmock/gmock.h>

#include "dnsd/serve/server.h"
#include "tests/support/served_world.h"
#include "tests/unit/serve/loopback_client.h"

namespace waypost::serve {
namespace {

using namespace std::string_literals;
using liveness::Standing;
using test::QueryPacket;

constexpr uint16_t kA = 1;
constexpr uint16_t kAaaa = 28;

class SteeredService : public ::testing::Test {
 protected:
  SteeredService() {
    test::World& world = served_.world;
    world.AddRegion("eu", "country: 'IE' latitude: 53 longitude: -6");
    world.AddRegion("us", "country: 'US' latitude: 39 longitude: -77");
    world.AddPool("web-eu", "eu", {"192.0.2.1", "2001:db8::1"});
    world.AddPool("web-us", "us", {"192.0.2.2", "2001:db8::2"});
    world.AddPolicy("near", "steps { latency {} }");
    world.AddPolicy("spread", "steps { weighted {} }");
    world.AddRecord("www.example.com", "near", {"web-eu", "web-us"});
    world.AddRecord("spread.example.com", "spread", {"web-eu", "web-us"});
    served_.AddZone("example.com", "alias CNAME www\n");
    const Snapshot& snapshot = served_.Build();
    world.AddClients("198.51.0.0/18", {.country = "IE", .rtt = {100, 900}});
    world.AddClients("203.0.113.0/24", {.country = "US", .rtt = {900, 100}});
    served_.RememberFronts();
    cell_.Publish(std::make_shared<Snapshot>(snapshot));
    server_ = std::move(
        Server::Start({.listen = {*SocketAddress::Parse("127.0.0.1:0")}, .threads = 2, .seed = 7},
                      cell_)
            .value());
  }

  /// The last octet of the only address in the answer; 0: not one answer.
  unsigned Ask(const QueryPacket& query, int type = SOCK_DGRAM) {
    reply_ = LoopbackClient(server_->listening()[0], type).Ask(query);
    if (reply_.answer.empty()) return 0;
    return static_cast<uint8_t>(reply_.answer.back().rdata.back());
  }
  static QueryPacket FromEurope(const std::string& name, uint16_t type = kA) {
    return QueryPacket(name, type).Subnet(1, 24, {198, 51, 10});
  }
  static QueryPacket FromAmerica(const std::string& name, uint16_t type = kA) {
    return QueryPacket(name, type).Subnet(1, 24, {203, 0, 113});
  }

  test::ServedWorld served_;
  SnapshotCell<Snapshot> cell_;
  std::unique_ptr<Server> server_;
  test::Message reply_;
};

TEST_F(SteeredService, SendsEachSubnetToItsNearestRegion) {
  EXPECT_EQ(Ask(FromEurope("www.example.com")), 1U);
  EXPECT_EQ(reply_.Option(8), "\0\1\x18\x12\xC6\x33\x0A"s) << "scope of the matched /18";
  EXPECT_EQ(Ask(FromAmerica("www.example.com", kAaaa)), 2U);
  EXPECT_EQ(Ask(FromAmerica("alias.example.com"), SOCK_STREAM), 2U);
  EXPECT_EQ(reply_.answer.size(), 2U);
}

TEST_F(SteeredService, TheNextQuerySeesAFailureAndTheRecovery) {
  served_.world.SetStanding("web-eu", Standing::kDown);
  EXPECT_EQ(Ask(FromEurope("www.example.com")), 2U);
  served_.world.SetStanding("web-eu", Standing::kUp);
  EXPECT_EQ(Ask(FromEurope("www.example.com")), 1U);
}

TEST_F(SteeredService, DrawsSpreadOverWorkersAndQueries) {
  std::array<int, 3> seen{};
  for (int i = 0; i < 400; ++i) ++seen[Ask(QueryPacket("spread.example.com", kA))];
  EXPECT_EQ(seen[0], 0);
  EXPECT_NEAR(seen[1], 200, 60);
  EXPECT_EQ(server_->Read().decisions, 400U);
}

}  // namespace
}  // namespace waypost::serve
