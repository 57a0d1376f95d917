#include "dnsd/control/evidence_desk.h"

#include <gtest/gtest.h>

#include "dnsd/config/parse.h"

namespace waypost::control {
namespace {

using std::chrono::milliseconds;

constexpr const char* kOnePool = R"({kind: Region, name: east}
---
{kind: Region, name: west}
---
{kind: Monitor, name: web, tcp: {port: 80}, interval: 1s, timeout: 500ms}
---
{kind: Pool, name: p, region: east, monitor: web, endpoints: [{address: 192.0.2.1}, {address: 192.0.2.2}]}
---
{kind: Pool, name: q, region: west, endpoints: [{address: 192.0.2.3}]}
)";

std::shared_ptr<const config::Built> BuiltOf(const std::string& yaml) {
  config::ResourceSet set;
  for (const auto& parsed : config::ParseDocuments(yaml, "test.yaml").resources) {
    set[config::IdOf(parsed.resource)] = std::make_shared<v1::Resource>(parsed.resource);
  }
  return config::Build(set, nullptr).built;
}

/// A desk with a board behind it, and vantages that remember what they were sent.
class EvidenceDeskTest : public ::testing::Test {
 protected:
  void Serve(const std::string& yaml) {
    built_ = BuiltOf(yaml);
    ASSERT_TRUE(built_);
    board_ = std::make_shared<liveness::Board>(built_->steering->layout);
    verdicts_.Configure(config::LayoutFor(*built_, clock_.WallNow()), board_, clock_.Now());
    desk_.Assign(*built_);
  }
  void Open(StreamId id, const std::string& name, const std::string& region = "") {
    v1::Hello hello;
    hello.set_vantage(name);
    hello.set_region(region);
    ASSERT_TRUE(desk_.Open(
        id, hello, [this, id](auto message) { sent_[id].push_back(message); }, clock_.Now()));
  }
  void Say(StreamId id, uint32_t target, v1::Opinion opinion, uint64_t generation = 0,
           uint32_t connect_us = 0) {
    v1::Report report;
    report.set_generation(generation > 0 ? generation
                                         : sent_[id].back()->assignment().generation());
    v1::Observation* seen = report.add_observations();
    seen->set_target(target);
    seen->set_opinion(opinion);
    seen->mutable_phases()->set_connect_us(connect_us);
    clock_.Advance(milliseconds(1));
    desk_.Take(id, report, clock_.Now());
  }
  liveness::Standing StandingOf(uint32_t endpoint) const {
    return board_->endpoint(endpoint).standing;
  }

  VirtualClock clock_;
  EventBus events_{clock_};
  liveness::Verdicts verdicts_;
  EvidenceDesk desk_{verdicts_, events_};
  std::shared_ptr<const config::Built> built_;
  std::shared_ptr<liveness::Board> board_;
  std::map<StreamId, std::vector<std::shared_ptr<const v1::DirectorMessage>>> sent_;
};

TEST_F(EvidenceDeskTest, AVantageIsToldWhatToWatchAtOnce) {
  Serve(kOnePool);
  Open(1, "v1");
  ASSERT_EQ(sent_[1].size(), 1U);
  const v1::Assignment& assignment = sent_[1][0]->assignment();
  ASSERT_EQ(assignment.targets_size(), 2) << "unmonitored endpoints are nobody's";
  EXPECT_EQ(assignment.targets(0).endpoint(), "p/192.0.2.1");
  EXPECT_EQ(assignment.targets(0).monitor().rise(), 2U) << "defaults are filled in";
}

TEST_F(EvidenceDeskTest, WhatAVantageSaysReachesTheBoard) {
  Serve(kOnePool);
  Open(1, "v1");
  Say(1, 0, v1::OPINION_UP);
  Say(1, 1, v1::OPINION_DOWN);
  EXPECT_EQ(StandingOf(0), liveness::Standing::kUp);
  EXPECT_EQ(StandingOf(1), liveness::Standing::kDown);
  const auto vantages = desk_.Vantages();
  ASSERT_EQ(vantages.size(), 1U);
  EXPECT_EQ(vantages[0].targets, 2U);
  EXPECT_EQ(vantages[0].targets_down, 1U);
}

TEST_F(EvidenceDeskTest, AnAssignmentGoesOutOnlyWhenItChanged) {
  Serve(kOnePool);
  Open(1, "v1");
  Serve(kOnePool);
  EXPECT_EQ(sent_[1].size(), 1U);
  Serve(std::string(kOnePool) +
        "---\n{kind: Pool, name: r, region: west, monitor: web, endpoints: [{address: "
        "192.0.2.4}]}\n");
  ASSERT_EQ(sent_[1].size(), 2U);
  EXPECT_EQ(sent_[1][1]->assignment().targets_size(), 3);
}

TEST_F(EvidenceDeskTest, ReportsAboutAFormerAssignmentAreDropped) {
  Serve(kOnePool);
  Open(1, "v1");
  Say(1, 0, v1::OPINION_UP, 999);
  EXPECT_EQ(StandingOf(0), liveness::Standing::kNoData);
}

TEST_F(EvidenceDeskTest, UnknownTargetsAndStreamsAreIgnored) {
  Serve(kOnePool);
  Open(1, "v1");
  Say(1, 77, v1::OPINION_DOWN);
  v1::Report report;
  desk_.Take(42, report, clock_.Now());
  desk_.Close(42, clock_.Now());
  EXPECT_EQ(StandingOf(0), liveness::Standing::kNoData);
}

TEST_F(EvidenceDeskTest, ANewerStreamOfAVantageReplacesTheOlder) {
  Serve(kOnePool);
  Open(1, "v1");
  Open(2, "v1");
  ASSERT_EQ(sent_[1].size(), 2U);
  EXPECT_EQ(sent_[1][1], nullptr) << "the older one is ended";
  desk_.Close(1, clock_.Now());
  EXPECT_TRUE(desk_.Vantages()[0].connected) << "its late end does not touch the newer";
}

TEST_F(EvidenceDeskTest, AVantageThatDoubtsItselfHasNoVoteAndThatIsSaid) {
  Serve(kOnePool);
  Open(1, "v1");
  Say(1, 0, v1::OPINION_UP);
  v1::Report report;
  report.set_generation(sent_[1].back()->assignment().generation());
  report.mutable_doubt()->set_cause(v1::Doubt::CAUSE_REFERENCES);
  report.mutable_doubt()->set_why("1 of 1 references fail");
  v1::Observation* seen = report.add_observations();
  seen->set_sequence(9);
  seen->set_opinion(v1::OPINION_DOWN);
  desk_.Take(1, report, clock_.Now());
  EXPECT_EQ(StandingOf(0), liveness::Standing::kUp);
  EXPECT_EQ(verdicts_.Suspended("v1"), "1 of 1 references fail");
  report.clear_doubt();
  desk_.Take(1, report, clock_.Now());
  EXPECT_EQ(StandingOf(0), liveness::Standing::kDown);
}

TEST_F(EvidenceDeskTest, TimesBetweenRegionsComeFromConnects) {
  Serve(kOnePool);
  Open(1, "v1", "west");
  Say(1, 0, v1::OPINION_UP, 0, 80000);
  Say(1, 0, v1::OPINION_UP, 0, 60000);
  Say(1, 0, v1::OPINION_UP, 0, 90000);
  const double rtt_ms = desk_.region_rtts().at({"west", "east"});
  EXPECT_GE(rtt_ms, 60.0);
  EXPECT_LT(rtt_ms, 61.0) << "a slow connect says little about the path";
}

constexpr const char* kTwoOfFour = R"({kind: Region, name: east}
---
{kind: Monitor, name: web, tcp: {port: 80}, vantages: 2}
---
{kind: Pool, name: p, region: east, monitor: web, endpoints: [{address: 192.0.2.1}, {address: 192.0.2.2},
  {address: 192.0.2.3}, {address: 192.0.2.4}, {address: 192.0.2.5}, {address: 192.0.2.6}]}
)";

/// Four vantages of which two watch each endpoint.
class SharedWatchTest : public EvidenceDeskTest {
 protected:
  void Start() {
    Serve(kTwoOfFour);
    for (StreamId id = 1; id <= 4; ++id) Open(id, "v" + std::to_string(id));
    Pass(std::chrono::seconds(11), {1, 2, 3, 4});
  }
  void Pass(milliseconds time, const std::vector<StreamId>& speaking) {
    for (milliseconds passed{0}; passed < time; passed += milliseconds(50)) {
      for (const StreamId id : speaking) desk_.Take(id, {}, clock_.Now());
      desk_.Tick(clock_.Now());
      clock_.Advance(milliseconds(50));
    }
  }
  int Assigned(StreamId id) const { return sent_.at(id).back()->assignment().targets_size(); }
};

TEST_F(SharedWatchTest, EachEndpointIsAssignedToAsManyVantagesAsItsMonitorAsksFor) {
  Start();
  EXPECT_EQ(Assigned(1) + Assigned(2) + Assigned(3) + Assigned(4), 12);
  for (int i = 1; i <= 6; ++i) {
    EXPECT_EQ(desk_.WatchersOf("p/192.0.2." + std::to_string(i)).size(), 2U);
  }
  EXPECT_EQ(desk_.Vantages()[0].assigned, static_cast<uint32_t>(Assigned(1)));
}

TEST_F(SharedWatchTest, WhatADeadVantageWatchedIsAssignedToOthers) {
  Start();
  desk_.Close(1, clock_.Now());
  EXPECT_EQ(desk_.Underwatched(), 0U) << "it may be back in a moment";
  Pass(std::chrono::seconds(11), {2, 3, 4});
  EXPECT_EQ(Assigned(2) + Assigned(3) + Assigned(4), 12);
}

TEST_F(SharedWatchTest, AVantageThatReconnectsIsToldTheSameAndTheOthersNothing) {
  Start();
  const int before = Assigned(1);
  const size_t told = sent_[2].size();
  desk_.Close(1, clock_.Now());
  Pass(std::chrono::seconds(5), {2, 3, 4});
  Open(5, "v1");
  EXPECT_EQ(Assigned(5), before);
  EXPECT_EQ(sent_[2].size(), told);
}

TEST_F(SharedWatchTest, AVantageHasNoSayAboutWhatIsNotAssignedToIt) {
  Start();
  uint32_t target = 0;
  while (target < 6 && desk_.WatchersOf("p/192.0.2." + std::to_string(target + 1))[0] == "v1") {
    ++target;
  }
  ASSERT_LT(target, 6U) << "v1 watches them all";
  Say(1, target, v1::OPINION_DOWN);
  EXPECT_TRUE(verdicts_.Votes("p/192.0.2." + std::to_string(target + 1), clock_.Now()).empty());
}

}  // namespace
}  // namespace waypost::control
