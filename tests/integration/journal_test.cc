// Incremental transfers to real secondaries, and what is left of them after kill -9.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/primary.h"

namespace waypost::test {
namespace {

using ::testing::_;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Incremental : public DynamicUpdates {
 protected:
  /// The answer to IXFR=serial, in the order of the reply: "SOA 7", or the owner with - or +.
  std::vector<std::string> Since(int serial, const std::vector<std::string>& words = {}) {
    std::vector<std::string> command = {
        "-y", KeyWord(key_), "+noall", "+answer", "example.test", "IXFR=" + std::to_string(serial)};
    command.insert(command.end(), words.begin(), words.end());
    std::istringstream reply(Dig(d_.dns_port(), command));
    std::vector<std::string> told;
    for (std::string line; std::getline(reply, line);) {
      std::istringstream fields(line);
      std::string owner, ttl, in, type, primary, mailbox, at;
      if (line.empty() || line[0] == ';' || !(fields >> owner >> ttl >> in >> type)) continue;
      if (type != "SOA") {
        told.push_back(owner.substr(0, owner.find('.')) + " " + type);
      } else if (fields >> primary >> mailbox >> at) {
        told.push_back("SOA " + at);
      }
    }
    return told;
  }
  std::string NotifyTo(std::initializer_list<const NameServer*> peers) {
    std::string list;
    for (const NameServer* peer : peers) {
      list += (list.empty() ? "" : ", ") + std::string("{address: \"127.0.0.1:") +
              std::to_string(peer->port()) + "\", key: " + key_.name + "}";
    }
    return "notify: [" + list + "]\n";
  }
  int Apply(const std::string& text) {
    return d_.Ctl({"apply", "-f", d_.dir().Write("next.yaml", text)}).code;
  }
};

TEST_F(Incremental, TransfersTellWhatChangedSinceEachVersion) {
  StartDynamic();
  ASSERT_EQ(Update("update add a.example.test 60 TXT a\n"), "");
  ASSERT_EQ(Update("update delete old.example.test\nupdate add b.example.test 60 TXT b\n"), "");
  EXPECT_THAT(Since(11), ElementsAre("SOA 12", "SOA 11", "old A", "SOA 12", "b TXT", "SOA 12"));
  EXPECT_THAT(Since(10), ElementsAre("SOA 12", "SOA 10", "SOA 11", "a TXT", "SOA 11", "old A",
                                     "SOA 12", "b TXT", "SOA 12"));
  EXPECT_THAT(Since(12), ElementsAre("SOA 12"));
  EXPECT_THAT(Since(13), ElementsAre("SOA 12")) << "newer than ours";
  EXPECT_EQ(Since(9).size(), 8U) << "not known: the whole zone";
}

TEST_F(Incremental, TransfersFitIntoOneDatagramOrAreASoa) {
  StartDynamic();
  ASSERT_EQ(Update("update add a.example.test 60 TXT a\n"), "");
  EXPECT_THAT(Since(10, {"+notcp"}), ElementsAre("SOA 11", "SOA 10", "SOA 11", "a TXT", "SOA 11"));
  std::string many;
  for (int i = 0; i < 60; ++i) {
    many += "update add n" + std::to_string(i) + ".example.test 60 A 192.0.2.1\n";
  }
  ASSERT_EQ(Update(many), "");
  EXPECT_THAT(Since(10, {"+notcp"}), ElementsAre("SOA 12")) << "come over TCP";
  EXPECT_THAT(Since(9, {"+notcp"}), ElementsAre("SOA 12"));
}

TEST_F(Incremental, TransfersTellOfFilesPoolsAndRollbacksToo) {
  StartPrimary(MasterFile(5, "gone A 192.0.2.1\n"), "", kSteering);
  ASSERT_EQ(Apply(ZoneResource(MasterFile(6, "new A 192.0.2.2\n"), lines_)), 0);
  EXPECT_THAT(Since(5), ElementsAre("SOA 6", "SOA 5", "gone A", "SOA 6", "new A", "SOA 6"));
  ASSERT_EQ(Apply("{kind: Pool, name: west, region: east, endpoints: [{address: 127.0.2.2}]}"), 0);
  EXPECT_THAT(Since(6), ElementsAre("SOA 7", "SOA 6", _, _, "SOA 7", _, _, "SOA 7"));
  EXPECT_THAT(Since(6), Contains("safe A").Times(2));
  EXPECT_THAT(Since(6), Contains("www A").Times(2));
  ASSERT_EQ(d_.Ctl({"rollback", "1", "--yes"}).code, 0);
  EXPECT_THAT(Since(7), ElementsAre("SOA 8", "SOA 7", _, _, _, "SOA 8", _, _, _, "SOA 8"));
  EXPECT_THAT(Since(7), Contains("gone A"));
}

TEST_F(Incremental, TransfersSayOnTheStatusPageHowFarTheyReachBack) {
  StartDynamic();
  EXPECT_THAT(d_.Ctl({"describe", "zone/example.test"}).out, HasSubstr("IXFR FROM"));
  ASSERT_EQ(Update("update add a.example.test 60 TXT a\n"), "");
  EXPECT_THAT(Since(10), Contains("a TXT"));
  EXPECT_THAT(d_.Ctl({"-o", "json", "status"}).out, HasSubstr("\"journal_from\": 10"));
}

TEST_F(Incremental, TransfersWillBePossibleFromTheSerialThatPlanShows) {
  StartDynamic();
  const std::string file = d_.dir().Write(
      "next.yaml", "{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.9}]}");
  const std::string plan = d_.Ctl({"plan", "-f", file}).out;
  EXPECT_THAT(plan, HasSubstr("rrset/example.test/SOA"));
  EXPECT_THAT(plan, HasSubstr(". . 11 0"));
  EXPECT_EQ(SerialAt(d_.dns_port(), "example.test"), 10) << "a plan changes nothing";
}

TEST_F(Incremental, TransfersAreForThoseWhoHaveTheKeyOnly) {
  StartDynamic();
  ASSERT_EQ(Update("update add a.example.test 60 TXT a\n"), "");
  EXPECT_THAT(Dig(d_.dns_port(), {"example.test", "IXFR=10"}), HasSubstr("Transfer failed"));
  SharedKey wrong = key_;
  wrong.secret = "d3Jvbmc=";
  EXPECT_THAT(Dig(d_.dns_port(), {"-y", KeyWord(wrong), "example.test", "IXFR=10"}),
              Not(HasSubstr("TXT")));
}

TEST_F(Incremental, TransfersGoOnAfterARestart) {
  StartDynamic();
  ASSERT_EQ(Update("update add a.example.test 60 TXT a\n"), "");
  EXPECT_EQ(d_.director().Stop(), 0);
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"}));
  ASSERT_EQ(Update("update add b.example.test 60 TXT b\n"), "");
  EXPECT_THAT(Since(10), ElementsAre("SOA 12", "SOA 10", "SOA 11", "a TXT", "SOA 11", "SOA 12",
                                     "b TXT", "SOA 12"));
  EXPECT_THAT(d_.director().err(), Not(HasSubstr("begins anew")));
}

TEST_F(Incremental, TransfersAreWhatNsdAndKnotFollow) {
  NEEDS("nsd");
  NEEDS("knotd");
  const std::string hosts = "$GENERATE 1-2000 host$ A 10.0.0.1\n";
  StartPrimary(MasterFile(5, hosts), "", kSteering);
  Nsd nsd({.primary_port = d_.dns_port(), .key = key_});
  Knot knot({.primary_port = d_.dns_port(), .key = key_});
  ASSERT_TRUE(Follows(nsd.port(), 5)) << nsd.process().err();
  ASSERT_TRUE(Follows(knot.port(), 5)) << knot.process().err();
  const std::string lines = lines_ + NotifyTo({&nsd, &knot});
  ASSERT_EQ(Apply(ZoneResource(MasterFile(6, hosts + "MixedCase TXT a\n"), lines)), 0);
  ASSERT_TRUE(Follows(nsd.port(), 6) && Follows(knot.port(), 6));
  ASSERT_EQ(Apply(ZoneResource(MasterFile(7, hosts + "mixedcase TXT b\n*.w MX 5 x\n"), lines)), 0);
  ASSERT_TRUE(Follows(nsd.port(), 7) && Follows(knot.port(), 7));
  ASSERT_EQ(Apply("{kind: Pool, name: west, region: east, endpoints: [{address: 127.0.2.2}]}"), 0);
  const auto ours = ZoneAt(d_.dns_port(), "example.test", key_);
  EXPECT_THAT(ours, Contains("www.example.test. 60 in a 127.0.2.2"));
  for (NameServer* peer : std::initializer_list<NameServer*>{&nsd, &knot}) {
    ASSERT_TRUE(Follows(peer->port(), 8));
    EXPECT_EQ(ZoneAt(peer->port(), "example.test", key_), ours);
  }
  const std::string log = d_.director().err();
  for (const char* step : {"from=5 serial=6", "from=6 serial=7", "from=7 serial=8"}) {
    const size_t first = log.find(step);
    ASSERT_NE(first, std::string::npos) << step;
    EXPECT_NE(log.find(step, first + 1), std::string::npos) << "one of both took another way";
  }
  EXPECT_THAT(knot.process().out() + knot.process().err(), HasSubstr("IXFR, incoming"));
}

}  // namespace
}  // namespace waypost::test
