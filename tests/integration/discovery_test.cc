// SRV and HTTPS records of a steered service, as clients and other name servers see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/integration/deployment.h"
#include "tests/integration/name_servers.h"
#include "tests/peers/name_server.h"

namespace waypost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

#define NEEDS(program) \
  if (!Has(program)) GTEST_SKIP() << program << " is not installed: run deploy/install-deps"

constexpr uint16_t kSrv = 33;
constexpr uint16_t kHttps = 65;
constexpr const char* kWeb = "www.example.test";
constexpr const char* kWebSrv = "_web._tcp.example.test";

/// One service whose first pool is in the east; the one in the west stands by.
std::string Service(uint16_t port) {
  return TwoRegions(port) + R"(---
{kind: Policy, name: standby, preset: active_passive}
---
{kind: Record, name: www.example.test, types: [A, HTTPS], policy: standby, pools: [east, west],
 service: {port: )" +
         std::to_string(port) + R"(, alpn: [http/1.1]}, ttl: {min: 60s}}
---
{kind: Record, name: _web._tcp.example.test, types: [SRV], policy: standby, pools: [east, west],
 service: {port: )" +
         std::to_string(port) + R"(}, ttl: {min: 60s}}
)";
}

class Discovery : public ::testing::Test {
 protected:
  void SetUp() override {
    servers_.east->Reply(200, "east");
    servers_.west->Reply(200, "west");
    ASSERT_TRUE(d_.StartDirector({"--load", d_.WriteConfiguration(Service(servers_.port))}))
        << d_.director().err();
  }
  std::string Word(const std::string& client, const std::vector<std::string>& words) {
    std::vector<std::string> command{client};
    command.insert(command.end(), words.begin(), words.end());
    return RunCommand(command, d_.dir().path() + "/client").out;
  }

  TwoServers servers_;
  Deployment d_;
};

TEST_F(Discovery, DigKdigAndDrillReadTheRecords) {
  const std::string port = std::to_string(d_.dns_port());
  const auto https = AllOf(HasSubstr("1 east.www.example.test."),
                           HasSubstr("2 west.www.example.test."), HasSubstr("127.0.2.1"));
  const std::string srv =
      "60 IN SRV 1 100 " + std::to_string(servers_.port) + " 127-0-1-1.east.example.test.";
  const auto joined = [](std::string text) {
    std::replace(text.begin(), text.end(), '\t', ' ');
    return text;
  };
  if (Has("dig")) {
    const auto ask = [&](const char* name, const char* type) {
      return joined(Word("dig", {"@127.0.0.1", "-p", port, name, type}));
    };
    EXPECT_THAT(ask(kWeb, "HTTPS"), https);
    EXPECT_THAT(ask(kWebSrv, "SRV"), HasSubstr(srv));
  }
  if (Has("kdig")) {
    const auto ask = [&](const char* name, const char* type) {
      return joined(Word("kdig", {"@127.0.0.1", "-p", port, name, type}));
    };
    EXPECT_THAT(ask(kWeb, "HTTPS"), https);
    EXPECT_THAT(ask(kWebSrv, "SRV"), HasSubstr("127-0-1-1.east.example.test."));
  }
  if (Has("drill")) {
    const auto ask = [&](const char* name, const char* type) {
      return joined(Word("drill", {"-p", port, name, "@127.0.0.1", type}));
    };
    EXPECT_THAT(ask(kWeb, "HTTPS"), https);
    EXPECT_THAT(ask(kWebSrv, "SRV"), HasSubstr("127-0-1-1.east.example.test."));
  }
}

/// Asks once, then goes to the addresses in the order of their priorities, as often as it is told.
constexpr const char* kClient = R"(
import http.client, os, sys, time
import dns.message, dns.query, dns.rdatatype
from dns.rdtypes.svcbbase import ParamKey
server, kind, again = int(sys.argv[1]), sys.argv[2], sys.argv[3]
def ask(name, type):
    return dns.query.udp(dns.message.make_query(name, type), '127.0.0.1', 5, server).answer[0]
if kind == 'HTTPS':
    places = [(r.priority, r.params[ParamKey.IPV4HINT].addresses[0], r.params[ParamKey.PORT].port)
              for r in ask('www.example.test', 'HTTPS')]
else:
    places = [(r.priority, ask(r.target, 'A')[0].address, r.port)
              for r in ask('_web._tcp.example.test', 'SRV')]
assert sorted(p for p, _, _ in places) == [1, 2]
def fetch():
    for _, address, port in sorted(places):
        try:
            connection = http.client.HTTPConnection(address, port, timeout=2)
            connection.request('GET', '/')
            return connection.getresponse().read().decode()
        except OSError:
            pass
print(fetch(), flush=True)
while not os.path.exists(again): time.sleep(0.01)
print(fetch(), flush=True)
)";

TEST_F(Discovery, AClientFailsOverInsideTheTtl) {
  if (RunCommand({"/usr/bin/python3", "-c", "import dns.rdtypes.svcbbase"},
                 d_.dir().path() + "/probe")
          .code != 0) {
    GTEST_SKIP() << "python3-dnspython is not installed: run deploy/install-deps";
  }
  const std::string script = d_.dir().Write("client.py", kClient);
  for (const std::string kind : {"HTTPS", "SRV"}) {
    servers_.east->Accept();
    ASSERT_TRUE(Eventually([&] { return d_.Ask(kWeb).addresses.contains("127.0.1.1"); }));
    const std::string again = d_.dir().path() + "/again-" + kind;
    Process client({"/usr/bin/python3", script, std::to_string(d_.dns_port()), kind, again},
                   d_.dir().path() + "/client-" + kind);
    EXPECT_EQ(client.FirstLine(), "east") << client.err();
    servers_.east->Refuse();
    d_.dir().Write("again-" + kind, "");
    EXPECT_EQ(client.Wait(), 0) << client.err();
    EXPECT_EQ(client.out(), "east\nwest\n");
  }
}

/// TTL and RDATA of the answer's records, sorted: sets have no order.
std::vector<std::string> SetIn(const Bytes& packet) {
  std::vector<std::string> set;
  const auto message = ReadMessage(packet);
  if (!message) return {"no message"};
  for (const MessageRecord& record : message->answer) {
    set.push_back(record.owner + " " + std::to_string(record.ttl) + " " +
                  std::to_string(record.type) + " " + record.rdata);
  }
  std::sort(set.begin(), set.end());
  return set;
}

/// What a zone transfer says of the service, as a master file for others. All are up, so the static
/// fallback is what everybody is told.
TEST_F(Discovery, OthersServeTheSameRecordsOctetByOctet) {
  using peers::NameServer;
  NEEDS("dig");
  ASSERT_EQ(d_.Ctl({"apply", "-f",
                    d_.dir().Write("open.yaml",
                                   "{kind: Zone, origin: example.test, "
                                   "allow_transfer: [{networks: [127.0.0.1]}], text: "
                                   "\"@ 60 SOA ns1 host 1 1 1 1 60\\n@ 60 NS ns1\\n"
                                   "ns1 60 A 127.0.0.1\\n\"}\n")})
                .code,
            0);
  // dig writes a whole transfer with both SOAs, which a master file may have once.
  const std::string transferred =
      Dig(d_.dns_port(), {"+onesoa", "+nocomments", "+nocmd", "+nostats", "example.test", "AXFR"});
  ASSERT_THAT(transferred, HasSubstr("HTTPS"));
  ASSERT_THAT(transferred, HasSubstr("127-0-1-1.east.example.test."));
  for (const auto kind :
       {NameServer::Kind::kNsd, NameServer::Kind::kKnot, NameServer::Kind::kBind}) {
    std::string why;
    const auto peer = NameServer::Start(kind, {{"example.test", transferred}}, why);
    if (peer == nullptr) {
      std::cerr << "[  SKIPPED ] " << why << "\n";
      continue;
    }
    for (const auto& [name, type] : {std::pair(kWeb, kHttps), std::pair(kWebSrv, kSrv)}) {
      const auto theirs = peer->AskUdp(QueryPacket(name, type).Edns().Build());
      ASSERT_TRUE(theirs.has_value()) << peer->name();
      const auto ours = d_.client().Exchange(QueryPacket(name, type).Edns().Build());
      ASSERT_THAT(SetIn(ours), SizeIs(2));
      EXPECT_EQ(SetIn(ours), SetIn(*theirs)) << peer->name();
    }
  }
}

TEST_F(Discovery, ExplainTellsTheRecordsAndTheirPriorities) {
  const Finished told = d_.Ctl({"explain", kWeb, "HTTPS", "--client", "192.0.2.1"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, AllOf(HasSubstr("priority 1: east/127.0.1.1"),
                              HasSubstr("priority 2: west/127.0.2.1"),
                              HasSubstr("2 west.www.example.test. alpn=http/1.1")));
}

}  // namespace
}  // namespace waypost::test
