// Regions fail and come back, vantages are lost, evidence is missing: the real probes against real
// servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";

/// A record per knob, all active-passive from east to west.
constexpr const char* kRecords = R"(---
kind: Policy
name: passive
preset: active_passive
---
kind: Policy
name: none
steps: [{failover: {}}]
on_all_down: none
---
kind: Policy
name: hold
steps: [{failover: {}}]
on_no_data_yet: hold
on_all_down: none
---
kind: Policy
name: widen
steps: [{failover: {}}]
on_stale: widen
---
kind: Policy
name: manual
steps: [{failover: {failback: manual}}]
---
{kind: Record, name: www.example.test, types: A, policy: passive, pools: [east, west]}
---
{kind: Record, name: none.example.test, types: A, policy: none, pools: [east, west]}
---
{kind: Record, name: hold.example.test, types: A, policy: hold, pools: [east, west]}
---
{kind: Record, name: widen.example.test, types: A, policy: widen, pools: [east, west]}
---
{kind: Record, name: manual.example.test, types: A, policy: manual, pools: [east, west]}
)";

class Health : public ::testing::Test {
 protected:
  void Start(const std::string& monitor = "interval: 100ms\ntimeout: 10s\nrise: 2\nfall: 2\n") {
    const std::string folder = d_.WriteConfiguration(TwoRegions(servers_.port, monitor) + kRecords);
    ASSERT_TRUE(d_.StartDirector({"--load", folder, "--state", d_.dir().path() + "/state"}))
        << d_.director().err();
  }
  void StartVantages() {
    for (const char* name : {"v1", "v2", "v3"}) d_.StartVantage(name);
  }
  bool Becomes(const std::string& name, const std::set<std::string>& addresses) {
    return Eventually([&] { return d_.Ask(name + ".example.test").addresses == addresses; });
  }
  bool StatusSays(const std::string& words) {
    return Eventually([&] {
      return d_.Ctl({"-o", "json", "status"}).out.find(words) != std::string::npos;
    });
  }

  TwoServers servers_;
  Deployment d_;
};

TEST_F(Health, VantagesWhoseReferencesFailMoveNoTraffic) {
  HttpServer reference({.address = "127.0.3.1"});
  Start();
  for (const char* name : {"v1", "v2", "v3"}) {
    d_.StartVantage(
        name, "",
        {"--reference", "127.0.3.1:" + std::to_string(reference.port()), "--asn", "64500"});
  }
  ASSERT_TRUE(Becomes("hold", {kEast})) << d_.Ctl({"status"}).out;
  reference.Refuse();
  for (const std::string name : {"v1", "v2", "v3"}) {
    ASSERT_TRUE(
        StatusSays("votes of vantage \\\"" + name + "\\\" are suspended: 1 of 1 references fail"));
  }
  servers_.east->Refuse();
  const auto why = [&] { return d_.Ctl({"health", "why", kEast}).out; };
  ASSERT_TRUE(Eventually([&] { return why().find("connect/refused") != std::string::npos; }));
  EXPECT_THAT(why(), HasSubstr("no: suspended: 1 of 1 references fail"));
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kEast));
  reference.Accept();
  EXPECT_TRUE(Becomes("www", {kWest})) << why();
}

TEST_F(Health, WhatVantagesSawWhileTheyWereBlindMovesNoTrafficWhenTheySeeAgain) {
  HttpServer reference({.address = "127.0.3.1"});
  Start("interval: 3s\ntimeout: 10s\nrise: 10\nfall: 1\nstaleness: 10m\n");
  for (const char* name : {"v1", "v2", "v3"}) {
    d_.StartVantage(name, "", {"--reference", "127.0.3.1:" + std::to_string(reference.port())});
  }
  const auto why = [&] { return d_.Ctl({"health", "why", "east/" + kEast}).out; };
  const auto all_say = [&](const std::string& words) {
    return Eventually([&] { return why().find(words) != std::string::npos; });
  };
  ASSERT_TRUE(all_say("3 up, 0 down")) << why();
  ASSERT_TRUE(Becomes("hold", {kEast})) << d_.Ctl({"status"}).out;
  reference.Refuse();
  for (const std::string name : {"v1", "v2", "v3"}) {
    ASSERT_TRUE(StatusSays("votes of vantage \\\"" + name + "\\\" are suspended"));
  }
  servers_.east->Refuse();
  for (const std::string name : {"v1", "v2", "v3"}) {
    ASSERT_TRUE(all_say(name + "       down")) << why();
  }
  servers_.east->Accept();
  reference.Accept();
  ASSERT_TRUE(all_say("3 up, 0 down")) << why();
  EXPECT_THAT(d_.Ask("manual.example.test").addresses, ElementsAre(kEast))
      << "it had been down for a moment, and would wait for an operator";
}

TEST_F(Health, ARegionFailsOverAndBack) {
  Start();
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast})) << d_.Ctl({"status"}).out;
  servers_.east->Refuse();
  EXPECT_TRUE(Becomes("www", {kWest}));
  EXPECT_THAT(d_.Ctl({"health", "why", kEast}).out, HasSubstr("down from"));
  servers_.east->Accept();
  EXPECT_TRUE(Becomes("www", {kEast}));
}

TEST_F(Health, AWrongStatusAndAWrongBodyAreDown) {
  Start();
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  servers_.east->Reply(503);
  EXPECT_TRUE(Becomes("www", {kWest}));
  EXPECT_THAT(d_.Ctl({"health", "why", "east/" + kEast}).out, HasSubstr("503"));
  servers_.east->Reply(200, "ok");
  EXPECT_TRUE(Becomes("www", {kEast}));
  servers_.east->Reply(200, "maintenance");
  EXPECT_TRUE(Becomes("www", {kWest}));
}

TEST_F(Health, AllDownAnswersByTheKnob) {
  Start();
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  servers_.east->Refuse();
  servers_.west->Refuse();
  EXPECT_TRUE(Becomes("none", {}));
  EXPECT_EQ(d_.Ask("none.example.test").rcode, 0U) << "NODATA, not NXDOMAIN";
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kEast))
      << "better a try than nothing";
}

TEST_F(Health, NoDataYetAnswersByTheKnob) {
  Start();
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kEast));
  EXPECT_THAT(d_.Ask("hold.example.test").addresses, IsEmpty());
  StartVantages();
  EXPECT_TRUE(Becomes("hold", {kEast}));
}

TEST_F(Health, StaleEvidenceFreezesOrWidens) {
  Start("interval: 100ms\ntimeout: 10s\nrise: 2\nfall: 2\nstaleness: 1s\n");
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  servers_.east->Refuse();
  ASSERT_TRUE(Becomes("widen", {kWest}));
  for (const char* name : {"v1", "v2", "v3"}) d_.vantage(name).Kill();
  EXPECT_TRUE(Becomes("widen", {kEast})) << "a stale endpoint counts as up again";
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kWest)) << "the last verdict holds";
  EXPECT_TRUE(StatusSays("stale-down"));
}

TEST_F(Health, ALostVantageMovesNoTraffic) {
  Start("interval: 100ms\ntimeout: 10s\nrise: 2\nfall: 2\nstaleness: 1s\n");
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  d_.vantage("v2").Kill();
  EXPECT_TRUE(StatusSays("vantage \\\"v2\\\" is not connected"));
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kEast));
  servers_.east->Refuse();
  EXPECT_TRUE(Becomes("www", {kWest})) << "two of three still decide";
}

TEST_F(Health, ManualFailbackWaitsForTheOperatorAlsoAcrossARestart) {
  Start();
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  servers_.east->Refuse();
  ASSERT_TRUE(Becomes("manual", {kWest}));
  servers_.east->Accept();
  ASSERT_TRUE(Becomes("www", {kEast})) << "automatic failback";
  EXPECT_THAT(d_.Ask("manual.example.test").addresses, ElementsAre(kWest));
  EXPECT_EQ(d_.director().Stop(), 0);
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"}));
  EXPECT_THAT(d_.Ask("manual.example.test").addresses, ElementsAre(kWest));
  EXPECT_EQ(d_.Ctl({"failover", "manual.example.test", "--back"}).code, 0);
  EXPECT_TRUE(Becomes("manual", {kEast}));
}

/// When the director last wrote to the log of its store.
std::filesystem::file_time_type LastWritten(const std::string& state) {
  auto latest = std::filesystem::file_time_type::min();
  for (const auto& entry : std::filesystem::directory_iterator(state)) {
    if (entry.path().extension() == ".log") latest = std::max(latest, entry.last_write_time());
  }
  return latest;
}

TEST_F(Health, FailoverThatWaitsForTheOperatorSurvivesKill9) {
  const std::string state = d_.dir().path() + "/state";
  Start();
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  servers_.east->Refuse();
  ASSERT_TRUE(Becomes("manual", {kWest}));
  const auto before = LastWritten(state);
  servers_.east->Accept();
  ASSERT_TRUE(Becomes("www", {kEast})) << "automatic failback";
  ASSERT_TRUE(Eventually([&] { return LastWritten(state) > before; })) << "within a second";
  d_.director().Kill();
  ASSERT_TRUE(d_.StartDirector({"--state", state})) << d_.director().err();
  EXPECT_THAT(d_.Ask("manual.example.test").addresses, ElementsAre(kWest));
  ASSERT_TRUE(Becomes("www", {kEast}));
  EXPECT_THAT(d_.Ask("manual.example.test").addresses, ElementsAre(kWest)) << "also with evidence";
  EXPECT_EQ(d_.Ctl({"failover", "manual.example.test", "--back"}).code, 0);
  EXPECT_TRUE(Becomes("manual", {kEast}));
}

TEST_F(Health, TheLastVerdictSurvivesARestart) {
  Start();
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  servers_.east->Refuse();
  ASSERT_TRUE(Becomes("www", {kWest}));
  for (const char* name : {"v1", "v2", "v3"}) d_.vantage(name).Kill();
  EXPECT_EQ(d_.director().Stop(), 0);
  ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"}));
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kWest)) << "without any vantage";
  EXPECT_TRUE(StatusSays("last-down"));
}

TEST_F(Health, ARemovedMonitorIsNoLongerProbed) {
  Start();
  StartVantages();
  ASSERT_TRUE(Becomes("hold", {kEast}));
  const std::string unmonitored =
      "kind: Pool\nname: east\nregion: east\nendpoints: [{address: 127.0.1.1}]\n---\n"
      "kind: Pool\nname: west\nregion: west\nendpoints: [{address: 127.0.2.1}]\n";
  ASSERT_EQ(d_.Ctl({"apply", "-f", d_.dir().Write("unmonitored.yaml", unmonitored)}).code, 0);
  uint64_t before = 0;
  EXPECT_TRUE(Eventually([&] {
    const uint64_t now = servers_.east->accepted();
    const bool quiet = now == before;
    before = now;
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    return quiet;
  }));
}

}  // namespace
}  // namespace waypost::test
