// `endpoint`: what it asks, what it prints. Holding a lease is tried with real programs
// (tests/integration/registration_test.cc).
#include <grpcpp/support/status_code_enum.h>
#include <gtest/gtest.h>

#include "tests/unit/ctl/fake_director.h"
#include "waypost/v1/registry.pb.h"

namespace waypost::ctl {
namespace {

using Asked = std::vector<std::string>;

class EndpointVerbs : public testing::Test {
 protected:
  FakeDirector director_;
};

TEST_F(EndpointVerbs, RegisterSendsEverythingAndPrintsTheLease) {
  director_.Reply("Register", Text<v1::RegisterReply>("lease_id: 'ab12' revision: 4"));
  const Outcome outcome =
      RunOn(director_, {"endpoint", "register", "web", "192.0.2.1", "--port", "8080", "--weight",
                        "0", "--lease", "10s", "--meta", "v=1=2"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "web/192.0.2.1 registered for 10s, lease ab12\n");
  EXPECT_EQ(
      director_.asked(),
      Asked{R"(Register pool: "web" endpoint { address: "192.0.2.1" weight: 0 port: 8080 } )"
            R"(lease { seconds: 10 } metadata { key: "v" value: "1=2" } author: "ann@desk")"});
}

TEST_F(EndpointVerbs, RegisterForScriptsPrintsTheReply) {
  director_.Reply("Register", Text<v1::RegisterReply>("lease_id: 'ab12' revision: 4"));
  const Outcome outcome =
      RunOn(director_, {"-o", "json", "endpoint", "register", "web", "192.0.2.1"});
  EXPECT_NE(outcome.out.find("\"lease_id\": \"ab12\""), std::string::npos) << outcome.out;
}

TEST_F(EndpointVerbs, RefusalsAreExitCodes) {
  director_.Refuse("Register", grpc::PERMISSION_DENIED, "pool \"web\" does not allow this client");
  const Outcome refused = RunOn(director_, {"endpoint", "register", "web", "192.0.2.1"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.err, "waypostctl: refused: pool \"web\" does not allow this client\n");
  director_.Refuse("Renew", grpc::NOT_FOUND, "there is no such lease");
  EXPECT_EQ(RunOn(director_, {"endpoint", "renew", "ab12"}).code, 4);
}

TEST_F(EndpointVerbs, DeregisterTakesALeaseOrAnAddress) {
  director_.Reply("Deregister", Text<v1::DeregisterReply>("revision: 5"));
  EXPECT_EQ(RunOn(director_, {"endpoint", "deregister", "ab12"}).out, "deregistered: revision 5\n");
  EXPECT_EQ(RunOn(director_, {"endpoint", "deregister", "web", "192.0.2.1"}).code, 0);
  EXPECT_EQ(director_.asked(),
            (Asked{R"(Deregister lease_id: "ab12" author: "ann@desk")",
                   R"(Deregister pool: "web" address: "192.0.2.1" author: "ann@desk")"}));
}

TEST_F(EndpointVerbs, ListShowsWhoAndHowMuchIsLeft) {
  director_.Reply("ListLeases", Text<v1::ListLeasesReply>(R"(
      leases { pool: "web" endpoint { address: "192.0.2.1" port: 8080 } client: "web-1"
               metadata { key: "zone" value: "a" } metadata { key: "az" value: "1" }
               lease { seconds: 30 } left { seconds: 12 } lease_id: "ab12" })"));
  const Outcome outcome = RunOn(director_, {"endpoint", "list"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "ENDPOINT       PORT  LEASE  LEFT  CLIENT  ID    METADATA\n"
            "web/192.0.2.1  8080    30s   12s  web-1   ab12  az=1 zone=a\n");
}

TEST_F(EndpointVerbs, ListSaysSoWhenThereIsNone) {
  EXPECT_EQ(RunOn(director_, {"endpoint", "list", "web"}).out, "no endpoint is registered\n");
  EXPECT_EQ(director_.asked(), Asked{R"(ListLeases pool: "web")"});
}

}  // namespace
}  // namespace waypost::ctl
