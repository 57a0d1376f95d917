// Waypost as the secondary of real primaries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <memory>
#include <thread>

#include "tests/integration/deployment.h"
#include "tests/integration/name_servers.h"
#include "tests/integration/paced_primary.h"

namespace waypost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

#define NEEDS(program) \
  if (!Has(program)) GTEST_SKIP() << program << " is not installed: run deploy/install-deps"

constexpr const char* kZone = "example.test";
constexpr const char* kSteering = R"(---
{kind: Region, name: east}
---
{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.1}]}
---
{kind: Policy, name: all, steps: [weighted]}
---
{kind: Record, name: www.example.test, types: [A], policy: all, pools: [east]}
)";

/// A master file with this serial, the timers of its SOA, and a thousand hosts that stay, so that a
/// difference is worth more than the whole.
std::string MasterFile(int serial, const std::string& lines = "",
                       const std::string& timers = "3600 600 604800") {
  std::string text = "$TTL 300\n@ SOA ns1 hostmaster " + std::to_string(serial) + " " + timers +
                     " 60\n@ NS ns1\nns1 A 192.0.2.53\nwww A 192.0.2.80\n";
  for (int i = 0; i < 1000; ++i) text += "host" + std::to_string(i) + " A 192.0.2.1\n";
  return text + lines;
}

class Secondary : public ::testing::Test {
 protected:
  std::string KeyResource(const SharedKey& key) {
    return "---\n{kind: Key, name: " + key.name +
           ", secret_file: " + d_.dir().Write(key.name + ".secret", key.secret + "\n") + "}\n";
  }
  std::string ZoneResource(uint16_t port, const std::string& more = "") {
    return "---\n{kind: Zone, origin: example.test, primaries: [{address: \"127.0.0.1:" +
           std::to_string(port) + "\", key: " + key_.name + "}]" + more + "}\n";
  }
  /// With a zone of its own, so that there is something to load.
  void Start() {
    const std::string file = d_.dir().Write(
        "own.yaml",
        "{kind: Zone, origin: own.test, text: \"@ 60 SOA ns h 1 1 1 1 1\\n@ 60 NS ns.test.\"}\n");
    ASSERT_TRUE(d_.StartDirector({"--load", file, "--state", State()})) << d_.director().err();
  }
  void Restart() { ASSERT_TRUE(d_.StartDirector({"--state", State()})) << d_.director().err(); }
  std::string State() { return d_.dir().path() + "/state"; }
  void Apply(const std::string& resources) {
    const Finished done = d_.Ctl({"apply", "-f", d_.dir().Write("applied.yaml", resources)});
    ASSERT_EQ(done.code, 0) << done.err;
  }
  /// Ours follows this primary; true once it has the serial.
  bool Follow(uint16_t port, int64_t serial, const std::string& more = "") {
    Apply(KeyResource(key_) + ZoneResource(port) + more);
    return Has(serial);
  }
  bool Has(int64_t serial) {
    return Eventually([&] { return SerialAt(d_.dns_port(), kZone) == serial; });
  }
  bool Has(const char* program) { return test::Has(program); }
  std::string Status() { return d_.Ctl({"describe", "zone", kZone}).out; }
  bool StatusSays(const std::string& words) {
    return Eventually([&] { return Status().find(words) != std::string::npos; });
  }
  std::string Short(const std::string& name, const std::string& type = "A") {
    return Dig(d_.dns_port(), {"+short", name, type});
  }
  /// A primary that knows us, with serial 1.
  template <typename Server>
  std::unique_ptr<Server> Primary(const std::string& text = MasterFile(1)) {
    auto server =
        std::make_unique<Server>(PeerZone{.text = text, .notify_port = d_.dns_port(), .key = key_});
    EXPECT_TRUE(Eventually([&] { return SerialAt(server->port(), kZone) == 1; }));
    return server;
  }

  /// The whole zone, then a difference, each when the primary says so.
  template <typename Server>
  void FollowsTheChangesOf() {
    Start();
    const auto primary = Primary<Server>();
    ASSERT_TRUE(Follow(primary->port(), 1)) << Status();
    EXPECT_EQ(Short("host7.example.test"), "192.0.2.1\n");
    EXPECT_THAT(Status(), HasSubstr("current"));
    primary->Edit(MasterFile(2, "new A 192.0.2.99\n"));
    ASSERT_TRUE(Has(2)) << Status();
    EXPECT_EQ(Short("new.example.test"), "192.0.2.99\n");
    EXPECT_THAT(d_.director().err(), HasSubstr("by IXFR")) << d_.director().err();
    primary->Edit(MasterFile(3));
    ASSERT_TRUE(Has(3)) << Status();
    EXPECT_EQ(Short("new.example.test"), "");
    EXPECT_EQ(Short("host7.example.test"), "192.0.2.1\n");
  }

  Deployment d_;
  SharedKey key_;
};

TEST_F(Secondary, FollowsKnotByNotifyAndDifferences) {
  NEEDS("knotd");
  FollowsTheChangesOf<Knot>();
}

TEST_F(Secondary, FollowsNsdByNotifyAndDifferences) {
  NEEDS("nsd");
  FollowsTheChangesOf<Nsd>();
}

TEST_F(Secondary, SteeredRecordsLieOverWhatWasTransferred) {
  NEEDS("knotd");
  Start();
  const auto primary = Primary<Knot>();
  ASSERT_TRUE(Follow(primary->port(), 1, kSteering)) << Status();
  EXPECT_EQ(Short("www.example.test"), "127.0.1.1\n");
  EXPECT_EQ(Short("ns1.example.test"), "192.0.2.53\n");
  primary->Edit(MasterFile(2, "mail A 192.0.2.25\n"));
  ASSERT_TRUE(Has(2)) << Status();
  EXPECT_EQ(Short("www.example.test"), "127.0.1.1\n");
  EXPECT_EQ(Short("mail.example.test"), "192.0.2.25\n");
  EXPECT_EQ(d_.Ctl({"delete", "record/www.example.test"}).code, 0);
  EXPECT_EQ(Short("www.example.test"), "192.0.2.80\n") << "as the primary has it";
}

TEST_F(Secondary, ServesAtOnceAfterARestartWithoutItsPrimary) {
  NEEDS("knotd");
  Start();
  auto primary = Primary<Knot>();
  ASSERT_TRUE(Follow(primary->port(), 1)) << Status();
  primary->Edit(MasterFile(2, "new A 192.0.2.99\n"));
  ASSERT_TRUE(Has(2)) << Status();
  primary.reset();
  EXPECT_EQ(d_.director().Stop(), 0);
  Restart();
  EXPECT_EQ(SerialAt(d_.dns_port(), kZone), 2);
  EXPECT_EQ(Short("new.example.test"), "192.0.2.99\n");
  d_.director().Kill();
  Restart();
  EXPECT_EQ(SerialAt(d_.dns_port(), kZone), 2);
  EXPECT_TRUE(StatusSays("connect: connection refused")) << Status();
}

TEST_F(Secondary, ServesUntilItExpiresAndThenFails) {
  NEEDS("knotd");
  Start();
  auto primary = Primary<Knot>(MasterFile(1, "", "1 1 5"));
  ASSERT_TRUE(Follow(primary->port(), 1)) << Status();
  primary.reset();
  EXPECT_TRUE(StatusSays("failing")) << Status();
  EXPECT_EQ(Short("www.example.test"), "192.0.2.80\n");
  const auto reply = [&] { return Dig(d_.dns_port(), {"www.example.test", "A"}); };
  EXPECT_TRUE(Eventually([&] { return reply().find("SERVFAIL") != std::string::npos; }));
  EXPECT_THAT(reply(), HasSubstr("EDE: 24"));
  EXPECT_TRUE(StatusSays("expired"));
  EXPECT_EQ(d_.director().Stop(), 0);
  Restart();
  EXPECT_THAT(reply(), HasSubstr("SERVFAIL")) << "nothing comes back from the dead";
}

TEST_F(Secondary, IsThereAgainWhenThePrimaryAnswersAfterTheEndWhatItWasAskedBefore) {
  PacedPrimary primary({1, 1, 3});
  Start();
  Apply("{kind: Zone, origin: example.test, primaries: [{address: \"127.0.0.1:" +
        std::to_string(primary.port()) + "\"}]}\n");
  ASSERT_TRUE(Has(1)) << Status();
  primary.Pause(true);
  ASSERT_TRUE(Has(-1)) << Status();
  primary.Pause(false);
  EXPECT_TRUE(Has(1)) << d_.director().err();
  EXPECT_EQ(Short("host7.example.test", "TXT"), "\"1\"\n");
}

TEST_F(Secondary, FetchesTheWholeZoneWhereDifferencesLeadToNoneOrDoNotCome) {
  using Kind = PacedPrimary::Kind;
  PacedPrimary primary;
  Start();
  Apply("{kind: Zone, origin: example.test, primaries: [{address: \"127.0.0.1:" +
        std::to_string(primary.port()) + "\"}]}\n");
  ASSERT_TRUE(Has(1)) << Status();
  int64_t serial = 1;
  for (const Kind kind : {Kind::kUnfit, Kind::kOneSoa}) {
    primary.Have(static_cast<uint32_t>(++serial), kind, PacedPrimary::kEverything);
    ASSERT_EQ(d_.Ctl({"zone", "refresh", kZone}).code, 0);
    EXPECT_TRUE(Has(serial)) << Status();
    EXPECT_EQ(Short("host7.example.test", "TXT"), "\"" + std::to_string(serial) + "\"\n");
  }
}

TEST_F(Secondary, NamesTheLayerThatFailed) {
  NEEDS("knotd");
  Start();
  const auto primary = Primary<Knot>();
  const SharedKey good = key_;
  key_.secret = "d3Jvbmc=";
  Apply(KeyResource(key_) + ZoneResource(primary->port()));
  EXPECT_TRUE(StatusSays("tsig: ")) << Status();
  EXPECT_THAT(Status(), HasSubstr("waiting"));
  EXPECT_THAT(Dig(d_.dns_port(), {"www.example.test", "A"}), HasSubstr("SERVFAIL"));
  key_ = good;
  KeyResource(key_);  // the file is there now, and is read at the next change
  Apply(ZoneResource(primary->port(), ", ecs: false"));
  EXPECT_TRUE(Has(1)) << Status();
}

TEST_F(Secondary, OnlyItsPrimariesMayNotifyIt) {
  NEEDS("knotd");
  Start();
  const auto primary = Primary<Knot>();
  ASSERT_TRUE(Follow(primary->port(), 1)) << Status();
  const auto notify = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"+opcode=notify", "+norec"});
    return Dig(d_.dns_port(), words);
  };
  EXPECT_THAT(notify({kZone, "SOA"}), HasSubstr("REFUSED")) << "not signed";
  EXPECT_THAT(notify({"-y", KeyWord(key_), kZone, "SOA"}), HasSubstr("status: NOERROR"));
  EXPECT_THAT(notify({"-y", KeyWord(key_), kZone, "A"}), HasSubstr("NOTIMP"));
  EXPECT_THAT(notify({"own.test", "SOA"}), HasSubstr("NOTAUTH")) << "it has no primaries";
  EXPECT_THAT(notify({"unknown.test", "SOA"}), HasSubstr("NOTAUTH"));
  Apply(ZoneResource(primary->port(), ", allow_notify: [{networks: [127.0.0.0/8]}]"));
  EXPECT_THAT(notify({kZone, "SOA"}), HasSubstr("status: NOERROR"));
}

TEST_F(Secondary, RefreshesOnAnOperatorsWord) {
  NEEDS("knotd");
  Start();
  auto primary = std::make_unique<Knot>(PeerZone{.text = MasterFile(1), .key = key_});
  ASSERT_TRUE(Follow(primary->port(), 1)) << Status();
  primary->Edit(MasterFile(2));
  ASSERT_TRUE(Eventually([&] { return SerialAt(primary->port(), kZone) == 2; }));
  EXPECT_EQ(SerialAt(d_.dns_port(), kZone), 1) << "nobody said so yet";
  const Finished done = d_.Ctl({"zone", "refresh", kZone});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_TRUE(Has(2)) << Status();
  EXPECT_EQ(d_.Ctl({"zone", "refresh", kZone, "--full"}).code, 0);
  EXPECT_TRUE(StatusSays("AXFR")) << Status();
  EXPECT_NE(d_.Ctl({"zone", "refresh", "own.test"}).code, 0);
  EXPECT_NE(d_.Ctl({"zone", "refresh", "unknown.test"}).code, 0);
}

TEST_F(Secondary, APrimaryThatIsSilentHoldsUpNoOtherZone) {
  NEEDS("knotd");
  Start();
  const auto silent = Primary<Knot>();
  const auto primary = Primary<Knot>();
  silent->process().Signal(SIGSTOP);
  std::string resources = KeyResource(key_);
  for (int i = 0; i < 40; ++i) {
    resources += "---\n{kind: Zone, origin: z" + std::to_string(i) +
                 ".test, primaries: [{address: \"127.0.0.1:" + std::to_string(silent->port()) +
                 "\", key: " + key_.name + "}]}\n";
  }
  Apply(resources);
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(Follow(primary->port(), 1)) << Status();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  silent->process().Signal(SIGCONT);
}

TEST_F(Secondary, TakesTheNextPrimaryWhereTheFirstFails) {
  NEEDS("knotd");
  Start();
  const auto primary = Primary<Knot>();
  Apply(KeyResource(key_) +
        "---\n{kind: Zone, origin: example.test, primaries: [{address: \"127.0.0.1:" +
        std::to_string(FreeDnsPort()) + "\", key: " + key_.name + "}, {address: \"127.0.0.1:" +
        std::to_string(primary->port()) + "\", key: " + key_.name + "}]}\n");
  EXPECT_TRUE(Has(1)) << Status();
}

TEST_F(Secondary, FollowsAnotherWaypost) {
  Start();
  Deployment primary;
  const std::string secret = primary.dir().Write("key.secret", key_.secret + "\n");
  const auto zone = [&](int serial, const std::string& lines) {
    primary.dir().Write("example.test.zone", MasterFile(serial, lines));
    return primary.dir().Write(
        "zone.yaml", "{kind: Key, name: " + key_.name + ", secret_file: " + secret +
                         "}\n---\n{kind: Zone, origin: example.test, file: example.test.zone, "
                         "allow_transfer: [{key: " +
                         key_.name + "}], notify: [{address: \"127.0.0.1:" +
                         std::to_string(d_.dns_port()) + "\", key: " + key_.name + "}]}\n");
  };
  ASSERT_TRUE(primary.StartDirector({"--load", zone(1, ""), "--state", "memory"}));
  ASSERT_TRUE(Follow(primary.dns_port(), 1)) << Status();
  ASSERT_EQ(primary.Ctl({"apply", "-f", zone(2, "new A 192.0.2.99\n")}).code, 0);
  ASSERT_TRUE(Has(2)) << Status();
  EXPECT_EQ(Short("new.example.test"), "192.0.2.99\n");
}

TEST_F(Secondary, NeverServesAMixtureHoweverItIsKilled) {
  NEEDS("knotd");
  Start();
  const auto primary = Primary<Knot>(MasterFile(1, "a TXT 1\nz TXT 1\n"));
  ASSERT_TRUE(Follow(primary->port(), 1)) << Status();
  for (int serial = 2; serial < 12; ++serial) {
    const std::string text = " TXT " + std::to_string(serial) + "\n";
    primary->Edit(MasterFile(serial, "a" + text + "z" + text));
    // Sooner and later, so that the process dies before, in and after the transfer.
    std::this_thread::sleep_for(std::chrono::milliseconds(30 * (serial % 5)));
    d_.director().Kill();
    Restart();
    const int64_t served = SerialAt(d_.dns_port(), kZone);
    ASSERT_GE(served, 1);
    const std::string first = Short("a.example.test", "TXT");
    const std::string last = Short("z.example.test", "TXT");
    if (SerialAt(d_.dns_port(), kZone) == served) {
      EXPECT_EQ(first, "\"" + std::to_string(served) + "\"\n");
      EXPECT_EQ(first, last);
    }
  }
  EXPECT_TRUE(Has(11)) << Status();
}

}  // namespace
}  // namespace waypost::test
