// Each thing that `waypostctl diagnose` may conclude, made to happen between network namespaces,
// and found by the real programs: a director and two vantages, each at a place of its own.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <regex>

#include "dnsd/base/ip.h"
#include "tests/integration/deployment.h"
#include "tests/integration/slow_cable.h"
#include "tests/integration/small_internet.h"
#include "tests/support/http_server.h"

namespace waypost::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr uint16_t kPort = 8080;
constexpr uint16_t kTlsPort = 8443;
const std::string kServer = "10.90.80.10:8080";
const std::string kNameServer = "10.90.1.2:5300";
const std::string kZone = R"(@ 60 SOA ns hostmaster 1 3600 600 86400 60
@ 60 NS ns
ns 60 A 10.90.1.2
www 60 A 10.90.80.10
www 60 A 10.90.80.11
www 60 A 10.90.80.12
)";

/// What was concluded.
struct Diagnosed {
  int code = -1;
  std::string trouble;
  std::string scope;
  std::string words;
  std::string text;
};

std::string FirstMatch(const std::string& text, const std::string& field) {
  std::smatch match;
  const std::regex pattern("\"" + field + "\": \"([^\"]*)\"");
  return std::regex_search(text, match, pattern) ? match[1].str() : "";
}

/// Everything that the tests share: made once, because it takes seconds.
struct World {
  SmallInternet internet;
  std::vector<std::unique_ptr<Process>> programs;
  std::string control = "unix:" + internet.dir().path() + "/control.sock";
  std::unique_ptr<HttpServer> server;
  int runs = 0;

  bool Start() {
    if (!internet.is_possible()) return false;
    internet.dir().Write("lb.test.zone", kZone);
    Launch("head", {WAYPOST_BIN "/waypost-dnsd", "--listen", "0.0.0.0:5300", "--control", control,
                    "--load", internet.dir().path() + "/lb.test.zone"});
    for (const char* place : {"east", "west"})
      Launch(place, {WAYPOST_BIN "/waypost-healthd", "--vantage", place, "--director", control,
                     "--diagnose", "any"});
    server = Serve({"10.90.80.10", kPort, {}, "", "", ""});
    return Eventually([this] {
      return Diagnose({"10.90.80.10", "--from", "east,west"}).code != 4;
    });
  }

  void Launch(const std::string& host, const std::vector<std::string>& command) {
    programs.push_back(
        std::make_unique<Process>(internet.At(host, command), internet.dir().path() + "/" + host));
    programs.back()->FirstLine();
  }

  std::unique_ptr<HttpServer> Serve(const HttpServer::Options& options) const {
    std::unique_ptr<HttpServer> made;
    internet.Do("server", [&] { made = std::make_unique<HttpServer>(options); });
    return made;
  }

  Diagnosed Diagnose(const std::vector<std::string>& words) {
    std::vector<std::string> command = {
        WAYPOST_BIN "/waypostctl", "--server", control, "-o", "json", "diagnose"};
    command.insert(command.end(), words.begin(), words.end());
    const Finished done =
        RunCommand(command, internet.dir().path() + "/ctl-" + std::to_string(++runs));
    const std::string conclusion = done.out.substr(0, done.out.find("\"findings\""));
    return {done.code, FirstMatch(conclusion, "trouble"), FirstMatch(conclusion, "scope"),
            FirstMatch(conclusion, "words"), done.out + done.err};
  }
};

class Diagnose : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new World;
    is_ready_ = world_->Start();
  }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }
  void SetUp() override {
    if (!world_->internet.is_possible())
      GTEST_SKIP() << "NOT TESTED, no network namespaces here: " << world_->internet.why();
    ASSERT_TRUE(is_ready_) << "the vantages did not come";
  }
  void TearDown() override {
    if (world_->internet.is_possible()) {
      EXPECT_EQ(world_->internet.why(), "");
    }
  }

  static SmallInternet& internet() { return world_->internet; }
  static HttpServer& server() { return *world_->server; }
  static Diagnosed From(const std::string& target, std::vector<std::string> more = {}) {
    more.insert(more.begin(), target);
    return world_->Diagnose(more);
  }

  static World* world_;
  static bool is_ready_;
};
World* Diagnose::world_ = nullptr;
bool Diagnose::is_ready_ = false;

/// Looks again where this machine was too busy: then it has spikes of its own.
Diagnosed Until(const std::string& trouble, const std::function<Diagnosed()>& look) {
  Diagnosed found = look();
  for (int i = 0; i < 4 && found.trouble != trouble; ++i) found = look();
  return found;
}

void ExpectDiagnosed(const Diagnosed& found, const std::string& trouble, const std::string& scope) {
  EXPECT_EQ(found.code, 1);
  EXPECT_EQ(found.scope, scope);
  EXPECT_EQ(found.trouble, trouble) << found.text;
}

TEST_F(Diagnose, FindsNothingWhereNothingIsWrong) {
  const Diagnosed found = Until("none", [] { return From(kServer); });
  EXPECT_EQ(found.code, 0);
  EXPECT_EQ(found.trouble, "none") << found.text;
}

TEST_F(Diagnose, FindsNothingWrongOverIpv6) {
  const auto six = world_->Serve({"fd90:80::10", kPort, {}, "", "", ""});
  const Diagnosed found = Until("none", [] { return From("[fd90:80::10]:8080"); });
  EXPECT_EQ(found.trouble, "none") << found.text;
}

TEST_F(Diagnose, TracesThePathThroughBothRouters) {
  const std::string text = From(kServer, {"--from", "east"}).text;
  for (const char* hop : {"\"10.90.2.1\"", "\"10.90.9.2\"", "\"10.90.80.10\""})
    EXPECT_THAT(text, HasSubstr(hop));
}

TEST_F(Diagnose, FindsANameThatDoesNotExist) {
  ExpectDiagnosed(From("nope.lb.test:8080", {"--dns", kNameServer}), "dns_failure", "global");
}

TEST_F(Diagnose, FindsANameServerThatDoesNotAnswer) {
  const Filter mute(internet(), "head", "udp dport 5300 drop", "input");
  ExpectDiagnosed(From("www.lb.test:8080", {"--dns", kNameServer, "--from", "east,west"}),
                  "dns_failure", "global");
}

TEST_F(Diagnose, FindsAHostThatIsGone) {
  const Change gone(internet(), "server", {"ip", "link", "set", "wire", "down"},
                    {"sh", "-c",
                     "ip link set wire up && ip route add default via 10.90.80.1 && "
                     "ip addr add fd90:80::10/64 dev wire nodad && "
                     "ip -6 route add default via fd90:80::1"});
  ExpectDiagnosed(From(kServer), "host_unreachable", "global");
}

TEST_F(Diagnose, FindsAPortFromWhichNothingComesBack) {
  const Filter drop(internet(), "site", "tcp dport 8080 drop");
  ExpectDiagnosed(From(kServer), "port_filtered", "global");
}

TEST_F(Diagnose, FindsAFilterThatSaysNo) {
  const Filter reject(internet(), "site", "tcp dport 8080 reject with icmpx type admin-prohibited");
  const Diagnosed found = From(kServer);
  ExpectDiagnosed(found, "firewall", "global");
  EXPECT_THAT(found.words, HasSubstr("10.90.9.2: administratively prohibited"));
}

TEST_F(Diagnose, FindsAFilterThatSaysNoOverIpv6) {
  const Filter reject(internet(), "site", "tcp dport 8080 reject with icmpx type admin-prohibited");
  ExpectDiagnosed(From("[fd90:80::10]:8080"), "firewall", "global");
}

TEST_F(Diagnose, FindsAFilterThatRefusesOnePlaceOnly) {
  const Filter reject(internet(), "site",
                      "ip saddr 10.90.2.0/24 tcp dport 8080 reject with tcp reset");
  const Diagnosed found = From(kServer);
  ExpectDiagnosed(found, "firewall", "regional");
  EXPECT_THAT(found.text, HasSubstr("\"seen_from\": [\n      \"east\"\n    ]"));
}

TEST_F(Diagnose, FindsAServiceThatIsDown) {
  server().Refuse();
  const Diagnosed found = From(kServer);
  server().Accept();
  ExpectDiagnosed(found, "service_down", "global");
}

TEST_F(Diagnose, FindsARouterThatKnowsNoWay) {
  const Change no_way(internet(), "core", {"ip", "route", "del", "10.90.80.0/24"},
                      {"ip", "route", "add", "10.90.80.0/24", "via", "10.90.9.2"});
  const Diagnosed found = From(kServer);
  ExpectDiagnosed(found, "routing_failure", "global");
  EXPECT_THAT(found.words, HasSubstr("network unreachable"));
}

TEST_F(Diagnose, FindsALoop) {
  const Change loop(internet(), "site",
                    {"ip", "route", "add", "10.90.80.10/32", "via", "10.90.9.1"},
                    {"ip", "route", "del", "10.90.80.10/32", "via", "10.90.9.1"});
  const Diagnosed found = From(kServer);
  ExpectDiagnosed(found, "routing_failure", "global");
  EXPECT_THAT(found.words, HasSubstr("loop"));
}

TEST_F(Diagnose, FindsAPathThatEndsInTheMiddleForOnePlace) {
  const Filter hole(internet(), "core", "ip saddr 10.90.3.0/24 ip daddr 10.90.80.0/24 drop");
  ExpectDiagnosed(From(kServer), "routing_failure", "regional");
}

TEST_F(Diagnose, FindsPacketLoss) {
  const Filter loss(internet(), "site", "ip daddr 10.90.80.0/24 numgen random mod 100 < 40 drop");
  ExpectDiagnosed(From(kServer), "packet_loss", "global");
}

/// All traffic between core and site takes the slow cable.
class SlowPath {
 public:
  explicit SlowPath(SmallInternet& internet)
      : cable_(internet, "core", "10.90.10.1", "site", "10.90.10.2"),
        there_(internet, "core", {"ip", "route", "replace", "10.90.80.0/24", "via", "10.90.10.2"},
               {"ip", "route", "replace", "10.90.80.0/24", "via", "10.90.9.2"}),
        back_(internet, "site", {"ip", "route", "replace", "default", "via", "10.90.10.1"},
              {"ip", "route", "replace", "default", "via", "10.90.9.1"}) {}

  void Delay(milliseconds least, milliseconds most) { cable_.Delay(least, most); }

 private:
  SlowCable cable_;
  Change there_;
  Change back_;
};

TEST_F(Diagnose, FindsALatencySpikeByWhatIsUsual) {
  From(kServer);  // so that all places know what is
  SlowPath path(internet());
  path.Delay(milliseconds(100), milliseconds(100));
  ExpectDiagnosed(From(kServer), "latency_spike", "global");
}

TEST_F(Diagnose, FindsJitter) {
  SlowPath path(internet());
  path.Delay(milliseconds(5), milliseconds(200));
  const Diagnosed found = From(kServer, {"--usual-rtt", "10s"});
  ExpectDiagnosed(found, "latency_spike", "global");
  EXPECT_THAT(found.words, HasSubstr("jitter"));
}

/// A machine with few ephemeral ports, and connections of somebody else that have them all.
class FewPorts {
 public:
  explicit FewPorts(SmallInternet& internet)
      : range_(internet, "east", {"sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40005"},
               {"sysctl", "-qw", "net.ipv4.ip_local_port_range=32768 60999"}) {
    internet.Do("east", [this] {
      for (int i = 0; i < 6; ++i) Connect();
    });
  }
  ~FewPorts() {
    for (const int socket : sockets_) close(socket);
  }

 private:
  void Connect() {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(kPort);
    to.sin_addr.s_addr = htonl(IpAddress::Parse("10.90.80.10")->v4());
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets_.push_back(made);
    EXPECT_EQ(connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }

  Change range_;
  std::vector<int> sockets_;
};

TEST_F(Diagnose, FindsAVantageWithoutFreePorts) {
  const FewPorts few(internet());
  const Diagnosed found = From(kServer);
  ExpectDiagnosed(found, "connection_exhaustion", "regional");
  EXPECT_THAT(found.text, HasSubstr("6 of 6 ephemeral ports"));
}

TEST_F(Diagnose, FindsOneDeadServerOfThree) {
  const auto second = world_->Serve({"10.90.80.11", kPort, {}, "", "", ""});
  const Diagnosed found = Until("uneven_load_balancer", [] {
    return From("www.lb.test:8080", {"--dns", kNameServer});
  });
  ExpectDiagnosed(found, "uneven_load_balancer", "global");
  EXPECT_THAT(found.words, HasSubstr("1 of 3 addresses of the name fails (10.90.80.12"));
}

TEST_F(Diagnose, FindsAnExpiredCertificate) {
  CertificateOptions of_authority;
  of_authority.common_name = "authority";
  of_authority.is_authority = true;
  const Certificate authority = MakeCertificate(of_authority);
  CertificateOptions expired;
  expired.names = {"10.90.80.10"};
  expired.valid_from_s = -7200;
  expired.valid_for_s = -3600;
  expired.issuer = &authority;
  const auto tls = world_->Serve({"10.90.80.10", kTlsPort, MakeCertificate(expired), "", "", ""});
  const std::string file = internet().dir().Write("ca.pem", authority.certificate);
  const Diagnosed found = From("10.90.80.10:8443", {"--ca-file", file});
  ExpectDiagnosed(found, "tls_failure", "global");
  EXPECT_THAT(found.words, HasSubstr("expired"));
}

TEST_F(Diagnose, FindsAnApplicationThatIsSlow) {
  server().Behave({Behaviour::Kind::kHang, "", {}});
  const Diagnosed found = Until("slow_application", [] { return From(kServer); });
  server().Reply(200);
  ExpectDiagnosed(found, "slow_application", "global");
}

}  // namespace
}  // namespace waypost::test
