#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/sim/simulation.h"

namespace waypost::sim {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

/// The first complaint of some runs; empty: none.
std::string FirstWrong(MakeSubject make_subject, uint64_t runs,
                       const std::function<void(Scenario&)>& adjust = {}) {
  for (uint64_t seed = 1; seed <= runs; ++seed) {
    Scenario scenario = DrawScenario(seed);
    if (adjust) adjust(scenario);
    if (const auto wrong = Simulation(scenario, make_subject).Run()) return *wrong;
  }
  return "";
}

TEST(LivenessSim, PromisesHoldInEveryWorld) {
  Figures total;
  for (uint64_t seed = 1; seed <= WAYPOST_SEEDS; ++seed) {
    // Shorter than by hand, so that there is time for more seeds; what goes wrong does so there
    // too.
    Scenario scenario = DrawScenario(seed);
    scenario.length = milliseconds(60'000);
    Simulation simulation(scenario, MakeProduction);
    const auto wrong = simulation.Run();
    ASSERT_FALSE(wrong) << *wrong << "\nagain: sim_liveness --seed " << seed << " --runs 1";
    total.flips += simulation.figures().flips;
    total.stale += simulation.figures().stale;
    total.bounds += simulation.figures().bounds;
    total.pools += simulation.figures().pools;
    total.held += simulation.figures().held;
    total.falls += simulation.figures().falls;
    total.watched += simulation.figures().watched;
    total.answers += simulation.figures().answers;
    total.named += simulation.figures().named;
    total.agreements += simulation.figures().agreements;
  }
  EXPECT_GT(total.flips, 1000U);
  EXPECT_GT(total.stale, 1000U);
  EXPECT_GT(total.bounds, 1000U);
  EXPECT_GT(total.pools, 1000U);
  EXPECT_GT(total.held, 1000U);
  EXPECT_GT(total.falls, 5U * WAYPOST_SEEDS);
  EXPECT_GT(total.watched, 1000U);
  EXPECT_GT(total.answers, 1000U);
  EXPECT_GT(total.named, 1000U);
  EXPECT_GT(total.agreements, 1000U);
}

TEST(LivenessSim, OneBadVantageOfThreeOrMoreNeverFlipsASoundEndpoint) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Scenario scenario = DrawScenario(seed);
    scenario.vantages.assign(3 + seed % 3, Character::kHonest);
    scenario.vantages[0] = static_cast<Character>(1 + seed % 3);
    scenario.rule.quorum = static_cast<liveness::Quorum>(seed % 2);  // majority or any
    scenario.rule.by_region = false;
    scenario.rule.vantages = 0;
    scenario.directors = 1;
    scenario.damped = false;
    scenario.faults = {};
    scenario.faults.endpoint_flip = milliseconds(0);
    scenario.length = milliseconds(60'000);
    Simulation simulation(scenario, MakeProduction);
    const auto wrong = simulation.Run();
    ASSERT_FALSE(wrong) << *wrong;
    // Each endpoint gets its first verdict and keeps it.
    EXPECT_EQ(simulation.figures().flips, 5U) << scenario.ToString();
  }
}

TEST(LivenessSim, SameSeedGivesTheSameRun) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Simulation first(DrawScenario(seed), MakeProduction);
    Simulation second(DrawScenario(seed), MakeProduction);
    EXPECT_EQ(first.Run(), second.Run());
    EXPECT_EQ(first.figures().flips, second.figures().flips);
    EXPECT_EQ(first.figures().stale, second.figures().stale);
  }
}

TEST(LivenessSim, RuleThatBelievesASingleVantageIsCaught) {
  EXPECT_NE(FirstWrong(MakeGullible, 20).find("without quorum"), std::string::npos);
}

TEST(LivenessSim, RuleThatTakesOldEvidenceForNewIsCaught) {
  const std::string wrong = FirstWrong(MakeImmortal, 5, [](Scenario& scenario) {
    scenario.vantages.assign(1, Character::kHonest);
    scenario.rule.quorum = liveness::Quorum::kMajority;
    scenario.faults.vantage_crash = milliseconds(10'000);
  });
  EXPECT_NE(wrong.find("without any fresh evidence"), std::string::npos) << wrong;
}

TEST(LivenessSim, RuleThatNeverSeesDownIsCaught) {
  const std::string wrong = FirstWrong(MakeOptimist, 5, [](Scenario& scenario) {
    scenario.vantages.assign(3, Character::kHonest);
    scenario.rule.quorum = liveness::Quorum::kMajority;
    scenario.faults = {};
  });
  // By the board or by the answers, whichever is late first.
  EXPECT_THAT(wrong, AnyOf(HasSubstr("the board does not say so"),
                           HasSubstr("which has been down for longer than the bound")));
}

TEST(LivenessSim, DirectorThatDisagreesWithTheOthersIsCaught) {
  // Two liars who cancel each other out, so that nobody must know the truth.
  int made = 0;
  const auto make = [&made] { return ++made % 2 == 0 ? MakeStubborn() : MakeProduction(); };
  const std::string wrong = FirstWrong(make, 10, [](Scenario& scenario) {
    scenario.vantages = {Character::kSaysUp, Character::kSaysDown, Character::kHonest};
    scenario.directors = 2;
    scenario.rule.quorum = liveness::Quorum::kMajority;
    scenario.rule.by_region = scenario.damped = false;
    scenario.rule.vantages = 0;
    scenario.faults = {};
  });
  EXPECT_NE(wrong.find("directors disagree"), std::string::npos) << wrong;
}

TEST(LivenessSim, BoardThatSaysWhatNobodyFoundIsCaught) {
  const std::string wrong = FirstWrong(MakeForger, 1);
  EXPECT_NE(wrong.find("words changed within an epoch"), std::string::npos) << wrong;
}

}  // namespace
}  // namespace waypost::sim
