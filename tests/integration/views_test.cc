// One name, other answers inside: by the client's network, the address that it asks, and its key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"
#include "tests/integration/name_servers.h"

namespace waypost::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

#define NEEDS(program) \
  if (!Has(program)) GTEST_SKIP() << program << " is not installed: run deploy/install-deps"

/// Loopback is 127.0.0.0/8, so that each of these is a client of its own.
constexpr const char* kOutsider = "127.0.0.1";
constexpr const char* kInsider = "127.0.2.7";
constexpr const char* kGuest = "127.0.2.200";
/// One of the server's addresses.
constexpr const char* kBackDoor = "127.0.0.9";

constexpr const char* kResources = R"(---
{kind: View, name: inside, match: [{networks: [127.0.2.0/24]}, {key: transfer-key}]}
---
{kind: View, name: guests, match: [{networks: [127.0.2.128/25]}], own_zones_only: true}
---
{kind: View, name: door, match: [{addresses: [127.0.0.9]}]}
---
{kind: Region, name: east}
---
{kind: Pool, name: public, region: east, endpoints: [{address: 192.0.2.1}]}
---
{kind: Pool, name: private, region: east, endpoints: [{address: 10.0.0.1}]}
---
{kind: Policy, name: any, preset: active_active}
---
{kind: Record, name: www.example.test, types: [A], policy: any, pools: [public]}
---
{kind: Record, name: www.example.test, types: [A], policy: any, pools: [private], view: inside}
---
{kind: Rrset, name: static.example.test, type: A, ttl: 60, records: [10.0.0.2], view: inside}
---
{kind: Rrset, name: static.example.test, type: A, ttl: 60, records: [10.0.0.9], view: door}
---
kind: Zone
origin: example.test
allow_transfer: [{networks: [127.0.0.0/8]}]
allow_update: [{networks: [127.0.0.0/8]}]
text: |
  $TTL 300
  @ SOA ns1 hostmaster 5 3600 600 604800 60
  @ NS ns1
  ns1 A 192.0.2.53
  static A 192.0.2.2
---
kind: Zone
origin: corp.test
view: inside
text: |
  $TTL 300
  @ SOA ns1 hostmaster 1 3600 600 604800 60
  @ NS ns1
  ns1 A 10.0.0.53
  hr A 10.0.0.3
---
kind: Zone
origin: wifi.test
view: guests
text: |
  $TTL 300
  @ SOA ns1 hostmaster 1 3600 600 604800 60
  @ NS ns1
  ns1 A 10.0.0.53
)";

class ViewsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS("dig");
    const std::string key = "{kind: Key, name: " + key_.name +
                            ", secret_file: " + d_.dir().Write("key", key_.secret + "\n") + "}\n";
    const std::string file = d_.dir().Write("views.yaml", key + kResources);
    ASSERT_TRUE(d_.StartDirector({"--listen", "0.0.0.0:0", "--load", file})) << d_.director().err();
    const std::string line = d_.ready_line();
    wild_port_ = static_cast<uint16_t>(std::stoi(line.substr(line.find("0.0.0.0:") + 8)));
  }

  /// The last word of what dig +short says; with more words for dig.
  std::string Ask(const std::string& from, const std::string& name,
                  std::vector<std::string> words = {}) {
    words.insert(words.end(), {"-b", from, "+short", name, "A"});
    std::string said = Dig(d_.dns_port(), words);
    if (!said.empty()) said.pop_back();
    return said;
  }
  std::string AskAt(const std::string& address, const std::string& name,
                    const std::string& transport = "+notcp") {
    std::string said = RunCommand({"dig", "@" + address, "-p", std::to_string(wild_port_),
                                   "+time=2", transport, "+short", name, "A"},
                                  d_.dir().path() + "/dig")
                           .out;
    if (!said.empty()) said.pop_back();
    return said;
  }
  std::string StatusOf(const std::string& from, const std::string& name) {
    return Dig(d_.dns_port(), {"-b", from, name, "A"});
  }
  std::string Update(const std::string& from, const std::string& command,
                     const std::vector<std::string>& flags = {}) {
    const std::string script =
        d_.dir().Write("update", "server 127.0.0.1 " + std::to_string(d_.dns_port()) + "\nlocal " +
                                     from + "\nzone example.test\n" + command + "\nsend\n");
    std::vector<std::string> words = {"nsupdate", "-t", "5"};
    words.insert(words.end(), flags.begin(), flags.end());
    words.push_back(script);
    return RunCommand(words, d_.dir().path() + "/nsupdate").err;
  }

  Deployment d_;
  SharedKey key_;
  uint16_t wild_port_ = 0;
};

TEST_F(ViewsTest, AClientsNetworkChoosesItsAnswers) {
  for (const char* transport : {"+notcp", "+tcp"}) {
    EXPECT_EQ(Ask(kOutsider, "www.example.test", {transport}), "192.0.2.1");
    EXPECT_EQ(Ask(kInsider, "www.example.test", {transport}), "10.0.0.1");
    EXPECT_EQ(Ask(kOutsider, "static.example.test", {transport}), "192.0.2.2");
    EXPECT_EQ(Ask(kInsider, "static.example.test", {transport}), "10.0.0.2");
    EXPECT_EQ(Ask(kInsider, "ns1.example.test", {transport}), "192.0.2.53") << "shared";
  }
}

TEST_F(ViewsTest, AZoneOfAViewIsThereForItsClientsOnly) {
  EXPECT_EQ(Ask(kInsider, "hr.corp.test"), "10.0.0.3");
  EXPECT_THAT(StatusOf(kOutsider, "hr.corp.test"), HasSubstr("status: REFUSED"));
}

TEST_F(ViewsTest, TheLongestNetworkWinsAndMayHaveNothingButItsOwn) {
  EXPECT_EQ(Ask(kGuest, "ns1.wifi.test"), "10.0.0.53");
  EXPECT_THAT(StatusOf(kGuest, "www.example.test"), HasSubstr("status: REFUSED"));
  EXPECT_THAT(StatusOf(kInsider, "ns1.wifi.test"), HasSubstr("status: REFUSED"));
}

TEST_F(ViewsTest, TheClientSubnetOfAQueryChoosesNothing) {
  EXPECT_EQ(Ask(kOutsider, "static.example.test", {"+subnet=127.0.2.0/24"}), "192.0.2.2");
}

TEST_F(ViewsTest, TheAddressThatIsAskedChoosesToo) {
  for (const char* transport : {"+notcp", "+tcp"}) {
    EXPECT_EQ(AskAt(kBackDoor, "static.example.test", transport), "10.0.0.9");
    EXPECT_EQ(AskAt("127.0.0.1", "static.example.test", transport), "192.0.2.2");
  }
}

TEST_F(ViewsTest, AKeyChoosesBeforeAllElse) {
  for (const char* transport : {"+notcp", "+tcp"}) {
    const std::vector<std::string> signed_words = {"-y", KeyWord(key_), transport};
    EXPECT_EQ(Ask(kOutsider, "www.example.test", signed_words), "10.0.0.1");
    EXPECT_EQ(Ask(kGuest, "static.example.test", signed_words), "10.0.0.2");
  }
}

TEST_F(ViewsTest, ATransferIsOfTheZoneThatThePeerSees) {
  const auto inside = ZoneAt(d_.dns_port(), "example.test", key_);
  EXPECT_THAT(inside, Contains("www.example.test. 60 in a 10.0.0.1"));
  EXPECT_THAT(inside, Contains("static.example.test. 60 in a 10.0.0.2"));
  EXPECT_THAT(inside, Contains("ns1.example.test. 300 in a 192.0.2.53"));
  const std::string outside = Dig(d_.dns_port(), {"example.test", "AXFR"});
  EXPECT_THAT(outside, HasSubstr("192.0.2.1"));
  EXPECT_THAT(outside, Not(HasSubstr("10.0.0.")));
}

TEST_F(ViewsTest, NsdTakesTheViewThatItsKeyChooses) {
  NEEDS("nsd");
  Nsd nsd({.primary_port = d_.dns_port(), .key = key_});
  EXPECT_TRUE(Eventually([&] { return SerialAt(nsd.port(), "example.test") == 5; }))
      << nsd.process().err();
  EXPECT_EQ(ZoneAt(nsd.port(), "example.test", key_), ZoneAt(d_.dns_port(), "example.test", key_));
}

TEST_F(ViewsTest, AnUpdateGoesToTheViewOfItsKeyAndElseToTheWorld) {
  NEEDS("nsupdate");
  EXPECT_EQ(Update(kOutsider, "update add new.example.test 60 A 10.0.0.7", {"-y", KeyWord(key_)}),
            "");
  EXPECT_EQ(Ask(kInsider, "new.example.test"), "10.0.0.7");
  EXPECT_EQ(Ask(kOutsider, "new.example.test"), "");
  EXPECT_EQ(Update(kInsider, "update add acme.example.test 60 A 192.0.2.7"), "");
  EXPECT_EQ(Ask(kOutsider, "acme.example.test"), "192.0.2.7");
  EXPECT_EQ(Ask(kInsider, "acme.example.test"), "192.0.2.7");
  EXPECT_THAT(d_.Ctl({"get", "rrset"}).out, HasSubstr("new.example.test@inside"));
}

TEST_F(ViewsTest, ASecondaryOfAViewHearsOfItsChanges) {
  NEEDS("nsupdate");
  const auto serial = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"+short", "example.test", "SOA"});
    return Dig(d_.dns_port(), all);
  };
  ASSERT_EQ(Update(kOutsider, "update add new.example.test 60 A 10.0.0.7", {"-y", KeyWord(key_)}),
            "");
  EXPECT_THAT(serial({"-y", KeyWord(key_)}), HasSubstr(" 6 3600"));
  EXPECT_THAT(serial({}), HasSubstr(" 5 3600"));
}

TEST_F(ViewsTest, TheToolsSayWhoseAnswerItIs) {
  const auto explain = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"explain", "www.example.test"};
    words.insert(words.end(), more.begin(), more.end());
    return d_.Ctl(words).out;
  };
  EXPECT_THAT(explain({"--client", "127.0.2.9/32"}), HasSubstr("answers  10.0.0.1"));
  EXPECT_THAT(explain({"--client", "127.0.2.9/32"}), HasSubstr("view     inside"));
  EXPECT_THAT(explain({"--client", "127.0.2.9/32", "--view", "default"}),
              HasSubstr("answers  192.0.2.1"));
  EXPECT_THAT(explain({"--client", "192.0.2.9", "--view", "inside"}),
              HasSubstr("www.example.test@inside"));
  EXPECT_THAT(d_.Ctl({"explain", "www.example.test", "--client", "::1", "--view", "no"}).err,
              HasSubstr("there is no view \"no\""));
  EXPECT_THAT(d_.Ctl({"status"}).out, HasSubstr("example.test@inside"));
  EXPECT_THAT(d_.Ctl({"get", "view"}).out, HasSubstr("network 127.0.2.0/24 | key transfer-key"));
  EXPECT_THAT(d_.Ctl({"get", "zone", "corp.test@inside"}).out, HasSubstr("corp.test@inside"));
  EXPECT_THAT(d_.Ctl({"describe", "record/www.example.test@inside"}).out, HasSubstr("10.0.0.1"));
  EXPECT_THAT(d_.Ctl({"describe", "view/inside"}).out, HasSubstr("record/www.example.test@inside"));
}

TEST_F(ViewsTest, AnOverlapIsRefusedAndChangesNothing) {
  const Finished applied =
      d_.Ctl({"apply", "-f",
              d_.dir().Write("more.yaml",
                             "{kind: View, name: more, match: [{networks: [127.0.2.0/24]}]}")});
  EXPECT_NE(applied.code, 0);
  EXPECT_THAT(
      applied.out + applied.err,
      HasSubstr("overlaps with view \"inside\": both have clients with network 127.0.2.0/24"));
  EXPECT_EQ(Ask(kInsider, "static.example.test"), "10.0.0.2");
}

TEST_F(ViewsTest, AChangeIsPlannedAndServedForItsViewAlone) {
  const std::string file = d_.dir().Write(
      "next.yaml",
      "{kind: Record, name: www.example.test, types: [A], policy: any, pools: [public, private], "
      "view: inside}\n");
  const Finished plan = d_.Ctl({"plan", "-f", file});
  EXPECT_THAT(plan.out, HasSubstr("record/www.example.test@inside"));
  ASSERT_EQ(d_.Ctl({"delete", "record/www.example.test@inside",
                    "rrset/static.example.test/A@inside", "--yes"})
                .code,
            0);
  EXPECT_EQ(Ask(kInsider, "www.example.test"), "192.0.2.1");
  EXPECT_EQ(Ask(kInsider, "static.example.test"), "192.0.2.2");
  EXPECT_EQ(AskAt(kBackDoor, "static.example.test"), "10.0.0.9") << "another view";
}

}  // namespace
}  // namespace waypost::test
