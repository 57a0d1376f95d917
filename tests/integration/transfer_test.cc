// Zones to and from other name servers, with real peers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "tests/integration/primary.h"

namespace waypost::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(Transfers, AreForThoseWhoHaveTheKeyOnly) {
  StartPrimary(MasterFile(1));
  EXPECT_THAT(Dig(d_.dns_port(), {"example.test", "AXFR"}), HasSubstr("Transfer failed"));
  SharedKey wrong = key_;
  wrong.secret = "d3Jvbmc=";
  EXPECT_THAT(Dig(d_.dns_port(), {"-y", KeyWord(wrong), "example.test", "SOA"}),
              HasSubstr("BADSIG"));
  wrong.name = "other-key";
  EXPECT_THAT(Dig(d_.dns_port(), {"-y", KeyWord(wrong), "example.test", "SOA"}),
              HasSubstr("BADKEY"));
  EXPECT_THAT(ZoneAt(d_.dns_port(), "example.test", key_),
              Contains("ns1.example.test. 300 in a 192.0.2.53"));
  EXPECT_THAT(Dig(d_.dns_port(), {"-y", KeyWord(key_), "example.org", "AXFR"}),
              HasSubstr("Transfer failed"));
}

TEST_F(Transfers, AnyQueryMayBeSignedAndItsReplyIsSignedToo) {
  StartPrimary(MasterFile(1, "www A 192.0.2.80\n"));
  for (const char* transport : {"+notcp", "+tcp"}) {
    const std::string reply =
        Dig(d_.dns_port(), {"-y", KeyWord(key_), transport, "www.example.test", "A"});
    EXPECT_THAT(reply, HasSubstr("192.0.2.80"));
    EXPECT_THAT(reply, HasSubstr("TSIG PSEUDOSECTION"));
    EXPECT_THAT(reply, Not(HasSubstr("could not be validated")));
  }
}

TEST_F(Transfers, WhatIsSignedObeysTheAccessListOfTheServer) {
  const std::string settings = d_.dir().Write("dnsd.yaml", "allow_query: [192.0.2.0/24]\n");
  const std::string file =
      d_.dir().Write("resources.yaml", KeyResource() + ZoneResource(MasterFile(1), ""));
  ASSERT_TRUE(d_.StartDirector({"--config", settings, "--load", file})) << d_.director().err();
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{}, {"-y", KeyWord(key_)}}) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"example.test", "SOA"});
    EXPECT_THAT(Dig(d_.dns_port(), all), HasSubstr("status: REFUSED"));
  }
}

TEST_F(Transfers, SecretsNeverShow) {
  StartPrimary(MasterFile(1));
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"get", "key"},
                                             {"-o", "yaml", "get", "key"},
                                             {"describe", "key/" + key_.name},
                                             {"history"}}) {
    const Finished shown = d_.Ctl(words);
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_THAT(shown.out + shown.err, Not(HasSubstr(key_.secret)));
  }
  EXPECT_THAT(d_.director().err(), Not(HasSubstr(key_.secret)));
}

TEST_F(Transfers, SteeredRecordsAreTheirStaticFallback) {
  StartPrimary(MasterFile(1), "", kSteering);
  const auto zone = ZoneAt(d_.dns_port(), "example.test", key_);
  for (const char* address : {"127.0.1.1", "127.0.1.2", "127.0.2.1"}) {
    EXPECT_THAT(zone, Contains(std::string("www.example.test. 60 in a ") + address));
  }
  EXPECT_THAT(zone, Contains("safe.example.test. 60 in a 127.0.2.1")) << "the last resort";
  EXPECT_THAT(zone, Not(Contains("safe.example.test. 60 in a 127.0.1.1")));
  EXPECT_THAT(d_.Ctl({"describe", "record/www.example.test"}).out,
              HasSubstr("In zone transfers: all endpoints of east, west"));
  EXPECT_THAT(d_.Ctl({"describe", "record/safe.example.test"}).out,
              HasSubstr("In zone transfers: all endpoints of west"));
}

TEST_F(Transfers, TheSerialRisesWithWhateverASecondaryShouldKnow) {
  StartPrimary(MasterFile(5), "", kSteering);
  const auto apply = [&](const std::string& text) {
    return d_.Ctl({"apply", "-f", d_.dir().Write("next.yaml", text)}).code;
  };
  ASSERT_EQ(d_.Ctl({"weight", "set", "east", "7"}).code, 0);
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 5) << "weights are not told";
  ASSERT_EQ(apply("{kind: Pool, name: west, region: east, endpoints: [{address: 127.0.2.2}]}"), 0);
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 6) << "an endpoint";
  ASSERT_EQ(apply(ZoneResource(MasterFile(5, "a A 192.0.2.1\n"), lines_)), 0);
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 7) << "a record without a new serial";
  ASSERT_EQ(apply(ZoneResource(MasterFile(20, "a A 192.0.2.2\n"), lines_)), 0);
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 20) << "the file's own is newer";
  EXPECT_EQ(d_.director().Stop(), 0);
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"}));
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 20);
}

TEST_F(Transfers, NsdAndKnotTakeTheWholeZone) {
  NEEDS("nsd");
  NEEDS("knotd");
  StartPrimary(MasterFile(5, "$GENERATE 1-5000 host$ A 10.0.0.1\nMixedCase TXT a b\n"), "",
               kSteering);
  const auto ours = ZoneAt(d_.dns_port(), "example.test", key_);
  EXPECT_EQ(ours.size(), 5003U + 1U + 4U);
  Nsd nsd({.primary_port = d_.dns_port(), .key = key_});
  Knot knot({.primary_port = d_.dns_port(), .key = key_});
  for (NameServer* secondary : std::initializer_list<NameServer*>{&nsd, &knot}) {
    EXPECT_TRUE(Follows(secondary->port(), 5)) << secondary->process().err();
    EXPECT_EQ(ZoneAt(secondary->port(), "example.test", key_), ours);
  }
}

TEST_F(Transfers, NsdAndKnotAreNotifiedOfAChangeAndFollowIt) {
  NEEDS("nsd");
  NEEDS("knotd");
  // They refresh by themselves only once an hour.
  PeerZone secondary{.key = key_};
  const auto peers = [&](uint16_t nsd, uint16_t knot) {
    return "notify: [{address: \"127.0.0.1:" + std::to_string(nsd) + "\", key: " + key_.name +
           "}, {address: \"127.0.0.1:" + std::to_string(knot) + "\", key: " + key_.name + "}]\n";
  };
  StartPrimary(MasterFile(5));
  secondary.primary_port = d_.dns_port();
  Nsd nsd(secondary);
  Knot knot(secondary);
  ASSERT_TRUE(Follows(nsd.port(), 5));
  ASSERT_TRUE(Follows(knot.port(), 5)) << knot.process().err();
  const std::string file = d_.dir().Write(
      "next.yaml",
      ZoneResource(MasterFile(6, "new A 192.0.2.66\n"), lines_ + peers(nsd.port(), knot.port())));
  ASSERT_EQ(d_.Ctl({"apply", "-f", file}).code, 0);
  for (NameServer* peer : std::initializer_list<NameServer*>{&nsd, &knot}) {
    EXPECT_TRUE(Follows(peer->port(), 6)) << peer->process().err();
    EXPECT_THAT(ZoneAt(peer->port(), "example.test", key_),
                Contains("new.example.test. 300 in a 192.0.2.66"));
  }
  EXPECT_THAT(d_.director().err(), Not(HasSubstr("notify-unanswered")));
}

TEST_F(Transfers, ASignatureInTheWrongSectionIsAFormatError) {
  StartPrimary(MasterFile(1));
  const std::string rdata = WireName("hmac-sha256") + std::string(16, '\0');
  for (const bool is_in_answer : {true, false}) {
    Bytes query;
    for (const unsigned word :
         {0x4711U, 0U, 1U, is_in_answer ? 1U : 0U, is_in_answer ? 0U : 1U, 0U}) {
      Put16(query, word);
    }
    PutAll(query, WireName("example.test"));
    Put32(query, 6U << 16 | 1U);
    PutAll(query, WireName(key_.name));
    Put32(query, 250U << 16 | 255U);
    Put32(query, 0);
    Put16(query, static_cast<unsigned>(rdata.size()));
    PutAll(query, rdata);
    const Bytes reply = d_.client().Exchange(query);
    ASSERT_GE(reply.size(), 12U);
    EXPECT_EQ(reply[3] & 0xF, 1);
  }
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 1);
}

TEST_F(Transfers, AKeyWhoseSecretCannotBeReadIsRefused) {
  StartPrimary(MasterFile(1));
  const std::string file =
      d_.dir().Write("bad.yaml", "{kind: Key, name: k2, secret_file: /nowhere/secret}\n");
  const Finished applied = d_.Ctl({"apply", "-f", file});
  EXPECT_NE(applied.code, 0);
  EXPECT_THAT(applied.out + applied.err, HasSubstr("/nowhere/secret"));
}

TEST_F(DynamicUpdates, OfNsupdateAreServedAtOnceAndAreRevisionsOfTheirAuthor) {
  StartDynamic();
  EXPECT_EQ(Update("update add new.example.test 60 A 192.0.2.90\n"
                   "update add new.example.test 60 TXT \"hello; world\" \"\\\"quoted\\\"\"\n"
                   "update delete old.example.test\n"),
            "");
  EXPECT_EQ(Short("new.example.test", "A"), "192.0.2.90\n");
  EXPECT_EQ(Short("new.example.test", "TXT"), "\"hello; world\" \"\\\"quoted\\\"\"\n");
  EXPECT_EQ(Short("old.example.test", "A"), "");
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 11);
  const std::string history = d_.Ctl({"history"}).out;
  EXPECT_THAT(history, HasSubstr(key_.name));
  EXPECT_THAT(history, HasSubstr("dynamic update of example.test from 127.0.0.1"));
  EXPECT_EQ(Update("update delete new.example.test\n"), "");
  EXPECT_EQ(Short("new.example.test", "A"), "");
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 12);
}

TEST_F(DynamicUpdates, OfTheSoaSetAllOfItUntilTheMasterFileHasANewerOne) {
  StartPrimary(MasterFile(10), "allow_update: [{key: " + key_.name + "}, {key: " + key_.name +
                                   ", names: [example.test], types: [SOA]}]\n");
  const auto soa = [&] {
    const auto told = RecordsTold(d_.dns_port(), key_, {"example.test", "SOA"});
    return told.empty() ? "" : told[0].substr(std::string("example.test. ").size());
  };
  const auto load = [&](const std::string& text) {
    const std::string file = d_.dir().Write("next.yaml", ZoneResource(text, lines_));
    return d_.Ctl({"apply", "-f", file}).code;
  };
  const std::string file_says = "300 in soa ns1.example.test. hostmaster.example.test. ";
  ASSERT_EQ(Update("update add a.example.test 60 TXT a\n"), "");
  EXPECT_EQ(soa(), file_says + "11 3600 600 604800 60");
  std::string text = MasterFile(10);
  text.replace(text.find(" 604800 60"), 10, " 604800 50");
  ASSERT_EQ(load(text), 0);
  EXPECT_EQ(soa(), file_says + "12 3600 600 604800 50") << "only the serial had been raised";

  ASSERT_EQ(Update("update add example.test 90 SOA ns2.example.test. me.example. 20 1 2 3 4\n"),
            "");
  EXPECT_EQ(soa(), "90 in soa ns2.example.test. me.example. 20 1 2 3 4");
  ASSERT_EQ(Update("update add b.example.test 60 TXT b\n"), "");
  EXPECT_EQ(soa(), "90 in soa ns2.example.test. me.example. 21 1 2 3 4");
  ASSERT_EQ(load(MasterFile(10)), 0);
  EXPECT_EQ(soa(), "90 in soa ns2.example.test. me.example. 22 1 2 3 4");
  ASSERT_EQ(load(MasterFile(30)), 0);
  EXPECT_EQ(soa(), file_says + "30 3600 600 604800 60");
  ASSERT_EQ(Update("update delete b.example.test TXT\n"), "");
  EXPECT_EQ(soa(), file_says + "31 3600 600 604800 60");
}

/// Rcodes of many equal queries at once, which the server finds in few batches.
std::set<int> AskAtOnce(uint16_t port, const std::string& name) {
  constexpr int kQueries = 100;
  Bytes query;
  for (const unsigned word : {0x4711U, 0U, 1U, 0U, 0U, 0U}) Put16(query, word);
  PutAll(query, WireName(name));
  Put32(query, 1U << 16 | 1U);
  const int asker = socket(AF_INET, SOCK_DGRAM, 0);
  const timeval patience{10, 0};
  setsockopt(asker, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(asker, reinterpret_cast<sockaddr*>(&server), sizeof server), 0);
  std::set<int> rcodes;
  for (int i = 0; i < kQueries; ++i) send(asker, query.data(), query.size(), 0);
  for (int i = 0; i < kQueries; ++i) {
    uint8_t reply[512];
    rcodes.insert(recv(asker, reply, sizeof reply, 0) > 3 ? reply[3] & 0xF : -1);
  }
  close(asker);
  return rcodes;
}

TEST_F(DynamicUpdates, OfALargeZoneAreWhatAskersSecondariesAndARestartSee) {
  NEEDS("knotd");
  const std::string names = "$GENERATE 1-5000 host$ A 10.0.0.1\n";
  StartPrimary(MasterFile(10, names), "allow_update: [{key: " + key_.name + "}]\n", OneSteered());
  Knot knot({.primary_port = d_.dns_port(), .key = key_});
  ASSERT_TRUE(Follows(knot.port(), 10)) << knot.process().err();
  const std::string notify = "notify: [{address: \"127.0.0.1:" + std::to_string(knot.port()) +
                             "\", key: " + key_.name + "}]\n";
  const std::string file =
      d_.dir().Write("next.yaml", ZoneResource(MasterFile(10, names), lines_ + notify));
  ASSERT_EQ(d_.Ctl({"apply", "-f", file}).code, 0);
  ASSERT_EQ(Update("update delete host7.example.test A\n"
                   "update add host7.example.test 60 A 192.0.2.7\n"
                   "update delete host8.example.test\n"
                   "update delete host9.example.test\n"
                   "update add deep.er.host9.example.test 60 TXT new\n"),
            "");
  ASSERT_EQ(Update("update add *.host8.example.test 60 A 192.0.2.8\n"
                   "update delete host10.example.test\n"),
            "");
  constexpr int kNoError = 0;
  constexpr int kNxDomain = 3;
  EXPECT_THAT(AskAtOnce(d_.dns_port(), "host10.example.test"), ElementsAre(kNxDomain));
  EXPECT_THAT(AskAtOnce(d_.dns_port(), "host8.example.test"), ElementsAre(kNoError));
  EXPECT_EQ(Short("any.host8.example.test", "A"), "192.0.2.8\n");
  EXPECT_EQ(Short("host7.example.test", "A"), "192.0.2.7\n");
  EXPECT_EQ(Short("host5000.example.test", "A"), "10.0.0.1\n");
  const auto ours = ZoneAt(d_.dns_port(), "example.test", key_);
  EXPECT_EQ(ours.size(), 3U + 5000U - 3U + 2U + 1U);
  EXPECT_TRUE(Follows(knot.port(), 12)) << knot.process().err();
  EXPECT_EQ(ZoneAt(knot.port(), "example.test", key_), ours);
  d_.director().Kill();
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"})) << d_.director().err();
  EXPECT_EQ(ZoneAt(d_.dns_port(), "example.test", key_), ours);
}

TEST_F(DynamicUpdates, MayBringARecordAsLargeAsItGoes) {
  StartDynamic();
  std::string strings;
  for (int i = 0; i < 253; ++i) strings += " \"" + std::string(255, 'x') + "\"";
  ASSERT_EQ(Update("update add big.example.test 60 TXT" + strings + "\n"), "");
  EXPECT_EQ(Short("big.example.test", "TXT"), strings.substr(1) + "\n");
  d_.director().Kill();
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"})) << d_.director().err();
  EXPECT_EQ(Short("big.example.test", "TXT"), strings.substr(1) + "\n");
}

TEST_F(DynamicUpdates, GoWithTheirZoneAndHoldUpNoOther) {
  const std::string folder = d_.dir().path() + "/load";
  std::filesystem::create_directory(folder);
  const std::string gone =
      d_.dir().Write("load/gone.yaml", KeyResource() +
                                           "---\n{kind: Zone, origin: example.test, file: "
                                           "example.test.txt, allow_update: [{key: " +
                                           key_.name + "}]}\n");
  d_.dir().Write("load/example.test.txt", MasterFile(10));
  d_.dir().Write("load/other.test.zone", MasterFile(10));
  ASSERT_TRUE(d_.StartDirector({"--load", folder, "--state", d_.dir().path() + "/state"}))
      << d_.director().err();
  ASSERT_EQ(Update("update add a.example.test 60 TXT a\n"), "");
  ASSERT_EQ(unlink(gone.c_str()), 0);
  d_.dir().Write("load/other.test.zone", MasterFile(11));
  d_.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] { return SerialAt(d_.dns_port(), "other.test") == 11; }))
      << d_.director().err();
  EXPECT_THAT(Dig(d_.dns_port(), {"example.test", "SOA"}), HasSubstr("REFUSED"));
  EXPECT_THAT(d_.Ctl({"get", "rrset"}).out, Not(HasSubstr("example.test")));
}

TEST_F(DynamicUpdates, CanBeRolledBack) {
  StartDynamic();
  ASSERT_EQ(Update("update delete www.example.test A\n"), "");
  EXPECT_EQ(Short("www.example.test", "A"), "");
  ASSERT_EQ(d_.Ctl({"rollback", "1", "--yes"}).code, 0);
  EXPECT_EQ(Short("www.example.test", "A"), "192.0.2.80\n");
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 12) << "secondaries must follow";
}

TEST_F(DynamicUpdates, KeepToTheirRules) {
  StartDynamic(", names: [\"*.example.test\"], types: [TXT]");
  EXPECT_EQ(Update("update add _acme-challenge.www.example.test 60 TXT token\n"), "");
  EXPECT_THAT(Update("update add x.example.test 60 A 192.0.2.1\n"), HasSubstr("REFUSED"));
  EXPECT_THAT(Update("update add example.test 60 TXT apex\n"), HasSubstr("REFUSED"));
  EXPECT_THAT(Update("update add x.example.test 60 TXT a\nupdate delete www.example.test A\n"),
              HasSubstr("REFUSED"));
  EXPECT_EQ(Short("x.example.test", "TXT"), "") << "half of it was done";
  SharedKey wrong = key_;
  wrong.secret = "d3Jvbmc=";
  EXPECT_THAT(Update("update add x.example.test 60 TXT a\n", wrong), HasSubstr("BADSIG"));
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 11);
}

TEST_F(DynamicUpdates, HonourPrerequisitesAndLeaveSteeredRecordsAlone) {
  StartDynamic();
  EXPECT_THAT(Update("prereq nxrrset www.example.test A\nupdate add a.example.test 60 TXT a\n"),
              HasSubstr("YXRRSET"));
  EXPECT_THAT(Update("prereq yxdomain gone.example.test\nupdate add a.example.test 60 TXT a\n"),
              HasSubstr("NXDOMAIN"));
  EXPECT_EQ(Update("prereq yxrrset www.example.test A 192.0.2.80\n"
                   "update add a.example.test 60 TXT a\n"),
            "");
  EXPECT_THAT(Update("update add geo.example.test 60 A 192.0.2.1\n"), HasSubstr("REFUSED"));
  EXPECT_THAT(Update("update add example.test 60 NS ns9.example.test.\n"), HasSubstr("REFUSED"));
}

TEST_F(DynamicUpdates, ReachNotifiedSecondaries) {
  NEEDS("knotd");
  StartDynamic();
  Knot knot({.primary_port = d_.dns_port(), .key = key_});
  ASSERT_TRUE(Follows(knot.port(), 10)) << knot.process().err();
  std::string lines = lines_ + "notify: [{address: \"127.0.0.1:" + std::to_string(knot.port()) +
                      "\", key: " + key_.name + "}]\n";
  const std::string file = d_.dir().Write(
      "next.yaml", ZoneResource(MasterFile(10, "www A 192.0.2.80\nold A 192.0.2.81\n"), lines));
  ASSERT_EQ(d_.Ctl({"apply", "-f", file}).code, 0);
  ASSERT_EQ(Update("update add new.example.test 60 A 192.0.2.90\n"), "");
  EXPECT_TRUE(Follows(knot.port(), 11)) << knot.process().err();
  EXPECT_THAT(ZoneAt(knot.port(), "example.test", key_),
              Contains("new.example.test. 60 in a 192.0.2.90"));
}

TEST_F(DynamicUpdates, WhatWasAcknowledgedSurvivesKill9AndNothingIsHalfApplied) {
  StartDynamic();
  const std::vector<std::string> flags = {"--state", d_.dir().path() + "/state"};
  int next = 1;
  for (int round = 0; round < 3; ++round) {
    // Two names always change together.
    int acknowledged = 0;
    std::atomic<bool> stop{false};
    std::thread client([&] {
      while (!stop) {
        const std::string n = std::to_string(next);
        if (!Update("update delete a.example.test TXT\nupdate delete b.example.test TXT\n"
                    "update add a.example.test 60 TXT " +
                    n + "\nupdate add b.example.test 60 TXT " + n + "\n")
                 .empty()) {
          break;
        }
        acknowledged = next++;
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(300 + 70 * round));
    d_.director().Kill();
    stop = true;
    client.join();
    ASSERT_TRUE(d_.StartDirector(flags)) << d_.director().err();
    const std::string a = Short("a.example.test", "TXT");
    EXPECT_EQ(a, Short("b.example.test", "TXT"));
    const int survived = std::atoi(a.c_str() + 1);
    EXPECT_GT(acknowledged, 0);
    EXPECT_GE(survived, acknowledged);
    EXPECT_LE(survived, acknowledged + 1);
    EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 10 + survived);
    next = survived + 1;
  }
}

TEST_F(DynamicUpdates, OfDnspythonAsCertbotCallsItWork) {
  if (RunCommand({"/usr/bin/python3", "-c", "import dns.update"}, d_.dir().path() + "/probe")
          .code != 0) {
    GTEST_SKIP() << "python3-dnspython is not installed: run deploy/install-deps";
  }
  StartDynamic();
  // The calls of certbot-dns-rfc2136's _RFC2136Client: SOA over TCP or UDP, add, delete.
  const std::string script = d_.dir().Write("certbot.py", R"(
import sys, dns.flags, dns.message, dns.name, dns.query, dns.rdataclass, dns.rdatatype
import dns.rcode, dns.tsig, dns.tsigkeyring, dns.update
port, name, secret = int(sys.argv[1]), sys.argv[2], sys.argv[3]
keyring = dns.tsigkeyring.from_text({name: secret})
def soa(domain):
    request = dns.message.make_query(dns.name.from_text(domain), dns.rdatatype.SOA,
                                     dns.rdataclass.IN)
    request.flags ^= dns.flags.RD
    request.use_tsig(keyring, algorithm=dns.tsig.HMAC_SHA256)
    response = dns.query.tcp(request, '127.0.0.1', 5, port)
    found = response.get_rrset(response.answer, dns.name.from_text(domain), dns.rdataclass.IN,
                               dns.rdatatype.SOA)
    return bool(found) and bool(response.flags & dns.flags.AA)
assert not soa('_acme-challenge.www.example.test')
assert soa('example.test')
def send(change):
    update = dns.update.Update('example.test', keyring=keyring,
                               keyalgorithm=dns.tsig.HMAC_SHA256)
    change(update)
    rcode = dns.query.tcp(update, '127.0.0.1', 5, port).rcode()
    assert rcode == dns.rcode.NOERROR, rcode
send(lambda u: u.add('_acme-challenge.www', 120, 'TXT', 'token1'))
send(lambda u: u.add('_acme-challenge.www', 120, 'TXT', 'token2'))
send(lambda u: u.delete('_acme-challenge.www', 'TXT', 'token1'))
)");
  const Finished run = RunCommand(
      {"/usr/bin/python3", script, std::to_string(d_.dns_port()), key_.name, key_.secret},
      d_.dir().path() + "/certbot");
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(Short("_acme-challenge.www.example.test", "TXT"), "\"token2\"\n");
}

}  // namespace
}  // namespace waypost::test
