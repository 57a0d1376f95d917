// What the clients of a view get, and what they share with all others.
#include <gtest/gtest.h>

#include "tests/unit/serve/serve_world.h"

namespace waypost::serve {
namespace {

using test::Message;

/// Of the last record in the answer.
std::string AddressOf(const Message& reply) {
  if (reply.answer.empty() || reply.answer.back().rdata.size() != 4) return "";
  const auto* const octets = reinterpret_cast<const uint8_t*>(reply.answer.back().rdata.data());
  return IpAddress::FromBytes(IpFamily::kV4, octets).ToString();
}

class View : public testing::Test {
 protected:
  View() {
    world_.Zone("example.com", "www A 192.0.2.1\nalias CNAME www.other.org.\n")
        .Zone("other.org", "www A 192.0.2.2\n")
        .Zone("deep.example.com", "www A 192.0.2.3\n");
  }
  std::string Address(const std::string& name) { return AddressOf(world_.Ask(name, zone::kA)); }
  wire::Rcode RcodeOf(const std::string& name) {
    return static_cast<wire::Rcode>(world_.Ask(name, zone::kA).rcode());
  }

  ServeWorld world_;
};

TEST_F(View, AZoneOfItsOwnStandsInsteadOfTheOneOfAll) {
  world_.View({{"example.com", "www A 10.0.0.1\n"}});
  EXPECT_EQ(Address("www.example.com"), "10.0.0.1");
  EXPECT_EQ(RcodeOf("alias.example.com"), wire::Rcode::kNxDomain);
}

TEST_F(View, OtherZonesAreSeenThroughIt) {
  world_.View({{"example.com", "www A 10.0.0.1\n"}});
  EXPECT_EQ(Address("www.other.org"), "192.0.2.2");
}

TEST_F(View, ALongerOriginOfAllComesBeforeAShorterOneOfTheView) {
  world_.View({{"example.com", "www.deep A 10.0.0.3\n"}});
  EXPECT_EQ(Address("www.deep.example.com"), "192.0.2.3");
}

TEST_F(View, ALongerOriginOfTheViewComesBeforeAShorterOneOfAll) {
  world_.View({{"www.example.com", "@ A 10.0.0.4\n"}});
  EXPECT_EQ(Address("www.example.com"), "10.0.0.4");
  EXPECT_EQ(Address("www.deep.example.com"), "192.0.2.3");
}

TEST_F(View, WithItsOwnZonesOnlyThereIsNothingElse) {
  world_.View({{"example.com", "www A 10.0.0.1\n"}}, true);
  EXPECT_EQ(Address("www.example.com"), "10.0.0.1");
  EXPECT_EQ(RcodeOf("www.other.org"), wire::Rcode::kRefused);
  EXPECT_EQ(RcodeOf("www.deep.example.com"), wire::Rcode::kNxDomain);
}

TEST_F(View, AnAliasLeadsToWhatTheViewSees) {
  world_.View({{"other.org", "www A 10.0.0.2\n"}});
  const Message reply = world_.Ask("alias.example.com", zone::kA);
  ASSERT_EQ(reply.answer.size(), 2U);
  EXPECT_EQ(AddressOf(reply), "10.0.0.2");
}

TEST_F(View, TheDsOfACutIsAskedOfTheParentThatTheViewSees) {
  world_.View({{"example.com", "deep DS 1 8 2 " + std::string(64, 'A') + "\ndeep NS ns1\n"}});
  EXPECT_EQ(world_.Ask("deep.example.com", zone::kDs).answer.size(), 1U);
}

}  // namespace
}  // namespace waypost::serve
