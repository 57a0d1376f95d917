#include "healthd/schedule/schedule.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <functional>
#include <map>
#include <vector>

namespace waypost::schedule {
namespace {

using probe::Outcome;
using probe::Prober;
using probe::Spec;
using std::chrono::milliseconds;

Outcome Success() { return {}; }

Outcome Failure() {
  Outcome outcome;
  outcome.failure.layer = v1::LAYER_CONNECT;
  return outcome;
}

Outcome Inconclusive() {
  Outcome outcome = Failure();
  outcome.conclusive = false;
  return outcome;
}

/// Ends probes when and as the test says.
class FakeProber final : public Prober {
 public:
  explicit FakeProber(boost::asio::io_context& io) : io_(io) {}

  Stop Start(std::shared_ptr<const Spec> spec, Done done) override {
    const uint16_t port = spec->address.port;
    ++starts[port];
    most_running = std::max(most_running, ++running);
    const auto ended = std::make_shared<bool>(false);
    const auto finish = [this, ended, done, port] {
      if (std::exchange(*ended, true)) return;
      --running;
      done(answer(port));
    };
    if (holds)
      held.push_back(finish);
    else
      boost::asio::post(io_, finish);
    return [this, ended] {
      if (std::exchange(*ended, true)) return;
      --running;
      ++stopped;
    };
  }

  Stop Hold(std::shared_ptr<const Spec> spec, Done told) override {
    news[spec->address.port] = std::move(told);
    return [this, port = spec->address.port] { news.erase(port); };
  }

  std::function<Outcome(uint16_t)> answer = [](uint16_t) { return Success(); };
  bool holds = false;
  std::vector<std::function<void()>> held;
  std::map<uint16_t, int> starts;  // by port
  std::map<uint16_t, Done> news;   // of held ones, by port
  int running = 0;
  int most_running = 0;
  int stopped = 0;

 private:
  boost::asio::io_context& io_;
};

class ScheduleTest : public testing::Test {
 protected:
  /// Target `id` is told from others by its port.
  static std::shared_ptr<const Spec> Target(WatchId id, milliseconds interval) {
    auto spec = std::make_shared<Spec>();
    spec->address.port = static_cast<uint16_t>(id);
    spec->interval = interval;
    return spec;
  }
  static WatchList Targets(WatchId count, milliseconds interval) {
    WatchList list;
    for (WatchId id = 1; id <= count; ++id) list[id] = Target(id, interval);
    return list;
  }

  Schedule& Make(size_t max_concurrent = 1000, size_t max_held = 1000) {
    schedule.emplace(
        io, prober, Schedule::Options{max_concurrent, max_held, 1},
        [this](WatchId id, const Sighting& sighting) { seen[id].push_back(sighting); });
    return *schedule;
  }

  bool RunUntil(const std::function<bool()>& reached) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    io.restart();
    while (!reached() && std::chrono::steady_clock::now() < limit) io.run_one_for(milliseconds(10));
    return reached();
  }

  boost::asio::io_context io{1};
  FakeProber prober{io};
  std::map<WatchId, std::vector<Sighting>> seen;
  std::optional<Schedule> schedule;
};

TEST_F(ScheduleTest, StartsAtOnceAndNotAfterAnInterval) {
  Make().Watch(Targets(5, std::chrono::hours(1)));
  EXPECT_TRUE(RunUntil([&] { return seen.size() == 5; }));
}

TEST_F(ScheduleTest, ProbesAgainAtTheInterval) {
  const auto begin = std::chrono::steady_clock::now();
  Make().Watch(Targets(1, milliseconds(20)));
  EXPECT_TRUE(RunUntil([&] { return seen[1].size() == 10; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(9 * 18));
  EXPECT_EQ(seen[1].back().sequence, 10U);
}

TEST_F(ScheduleTest, ProbesOfATargetThatIsNotUpTakeTurns) {
  prober.holds = true;
  Make().Watch({{1, Target(1, milliseconds(10))}, {2, Target(2, std::chrono::hours(1))}});
  ASSERT_TRUE(RunUntil([&] { return prober.held.size() == 2; }));
  io.run_for(milliseconds(60));  // several intervals in which nothing must happen
  EXPECT_EQ(prober.starts[1], 1);
  prober.held[0]();
  EXPECT_TRUE(RunUntil([&] { return prober.held.size() == 3; }));
}

TEST_F(ScheduleTest, LooksAgainBesideAProbeThatIsOverdueAndCountsBoth) {
  Schedule& watching = Make();
  watching.Watch(Targets(1, milliseconds(200)));
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() == 2; }));
  prober.holds = true;
  prober.answer = [](uint16_t) { return Failure(); };
  ASSERT_TRUE(RunUntil([&] { return prober.held.size() == 2; }));
  io.run_for(milliseconds(60));  // time enough for more, if there were no bound
  EXPECT_EQ(prober.running, 2);
  EXPECT_EQ(watching.figures().running, 2U);
  EXPECT_EQ(watching.figures().beside, 1U);
  EXPECT_EQ(seen[1].size(), 2U) << "nothing is seen before they end";
  prober.held[1]();
  prober.held[0]();
  ASSERT_EQ(seen[1].size(), 4U);
  EXPECT_EQ(seen[1][3].contrary, 2U);
  EXPECT_EQ(seen[1][3].sequence, 4U);
  watching.Watch({});
  EXPECT_EQ(watching.figures().running, 0U);
}

TEST_F(ScheduleTest, RemovingATargetStopsBothOfItsProbes) {
  Schedule& watching = Make();
  watching.Watch(Targets(1, milliseconds(100)));
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() == 2; }));
  prober.holds = true;
  ASSERT_TRUE(RunUntil([&] { return prober.running == 2; }));
  watching.Watch({});
  EXPECT_EQ(prober.stopped, 2);
  EXPECT_EQ(watching.figures().running, 0U);
}

TEST_F(ScheduleTest, SecondLooksTakeHalfOfThePlacesAtMost) {
  Schedule& watching = Make(6);
  watching.Watch(Targets(4, milliseconds(100)));
  ASSERT_TRUE(RunUntil([&] { return seen.size() == 4 && seen[1].size() > 2; }));
  prober.holds = true;
  ASSERT_TRUE(RunUntil([&] { return prober.running >= 4; }));
  io.run_for(milliseconds(200));
  EXPECT_LE(watching.figures().beside, 3U);
  EXPECT_LE(prober.running, 6) << "four targets, and no more beside them than fit";
}

TEST_F(ScheduleTest, CommandsTakeTurnsAlways) {
  auto spec = std::make_shared<Spec>(*Target(1, milliseconds(100)));
  spec->what = probe::CommandSpec{"check"};
  Make().Watch({{1, spec}});
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() == 2; }));
  prober.holds = true;
  ASSERT_TRUE(RunUntil([&] { return prober.running == 1; }));
  io.run_for(milliseconds(100));
  EXPECT_EQ(prober.running, 1);
}

TEST_F(ScheduleTest, BoundsConcurrencyAndStarvesNobody) {
  Make(3).Watch(Targets(50, milliseconds(1)));
  ASSERT_TRUE(
      RunUntil([&] { return seen.size() == 50 && seen[50].size() >= 20 && seen[1].size() >= 20; }));
  EXPECT_EQ(prober.most_running, 3);
  for (const auto& [port, starts] : prober.starts) EXPECT_GE(starts, 10) << port;
}

TEST_F(ScheduleTest, RemovingATargetStopsItsProbe) {
  prober.holds = true;
  Schedule& watching = Make(1);
  watching.Watch(Targets(2, milliseconds(10)));
  ASSERT_TRUE(RunUntil([&] { return watching.figures().waiting == 1; }));
  const uint16_t running = prober.starts.begin()->first;
  const WatchId other = running == 1 ? 2 : 1;
  watching.Watch({{other, Target(other, milliseconds(10))}});
  EXPECT_EQ(prober.stopped, 1);
  EXPECT_EQ(prober.starts[static_cast<uint16_t>(other)], 1) << "its place goes to who waits";
  watching.Watch({});
  EXPECT_EQ(prober.running, 0);
  EXPECT_EQ(watching.figures().running, 0U);
  io.restart();
  EXPECT_EQ(io.run_for(milliseconds(200)), io.poll()) << "nothing is left to do";
  EXPECT_TRUE(seen.empty());
}

TEST_F(ScheduleTest, LeavesAloneWhatStays) {
  Schedule& watching = Make();
  WatchList list = Targets(2, milliseconds(5));
  watching.Watch(list);
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() >= 3; }));
  list.erase(2);
  list[3] = Target(3, milliseconds(5));
  watching.Watch(list);
  const size_t before = seen[1].size();
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() > before && !seen[3].empty(); }));
  EXPECT_EQ(seen[1].back().sequence, seen[1].size());
  EXPECT_EQ(seen[3].front().sequence, 1U);
}

TEST_F(ScheduleTest, LooksAgainQuicklyWhenInDoubt) {
  prober.answer = [this](uint16_t) { return seen[1].empty() ? Success() : Failure(); };
  Make().Watch(Targets(1, milliseconds(400)));
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() == 5; }));
  const auto pause = [this](size_t i) { return seen[1][i].ended - seen[1][i - 1].ended; };
  EXPECT_GE(pause(1), milliseconds(350));
  EXPECT_LT(pause(2), milliseconds(300)) << "first failure, in doubt";
  EXPECT_LT(pause(3), milliseconds(300)) << "second failure, in doubt";
  EXPECT_TRUE(seen[1][3].opinion_changed);
  EXPECT_EQ(seen[1][3].opinion, detect::Opinion::kDown);
  EXPECT_GE(pause(4), milliseconds(350)) << "decided";
}

TEST_F(ScheduleTest, LooksNowAtWhatIsIdleAndKeepsTheIntervalAfterwards) {
  Schedule& watching = Make();
  watching.Watch(Targets(2, std::chrono::hours(1)));
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() == 1 && seen[2].size() == 1; }));
  prober.holds = true;
  watching.LookNow();
  ASSERT_TRUE(RunUntil([&] { return prober.held.size() == 2; }));
  watching.LookNow();
  io.run_for(milliseconds(20));  // time enough for more, if it started any
  EXPECT_EQ(prober.running, 2) << "what is being looked at is not idle";
  prober.held[0]();
  prober.held[1]();
  EXPECT_EQ(seen[1].size() + seen[2].size(), 4U);
}

WatchList HeldTargets(WatchId count) {
  WatchList list;
  for (WatchId id = 1; id <= count; ++id) {
    auto spec = std::make_shared<Spec>();
    spec->address.port = static_cast<uint16_t>(id);
    spec->interval = milliseconds(10);
    spec->what = probe::HeldSpec{};
    list[id] = spec;
  }
  return list;
}

TEST_F(ScheduleTest, LooksAnewAtAllThatIsNotUpAsIfItWereNew) {
  prober.answer = [](uint16_t port) { return port == 1 ? Success() : Failure(); };
  Make().Watch(Targets(3, std::chrono::hours(1)));
  ASSERT_TRUE(
      RunUntil([&] { return seen[1].size() == 1 && seen[2].size() + seen[3].size() == 2; }));
  prober.answer = [](uint16_t) { return Success(); };
  prober.holds = true;
  EXPECT_EQ(schedule->LookAnew(), (std::vector<WatchId>{2, 3}));
  ASSERT_TRUE(RunUntil([&] { return prober.running == 2; }));
  EXPECT_EQ(schedule->LookAnew(), (std::vector<WatchId>{2, 3})) << "they have no opinion yet";
  EXPECT_EQ(prober.stopped, 2) << "what began before tells nothing";
  EXPECT_EQ(prober.running, 0);
  prober.holds = false;
  ASSERT_TRUE(RunUntil([&] { return seen[2].size() == 2 && seen[3].size() == 2; }));
  EXPECT_EQ(seen[2].back().opinion, detect::Opinion::kUp) << "the first success is the opinion";
  EXPECT_EQ(seen[2].back().sequence, 2U) << "directors take only what comes later";
  EXPECT_EQ(seen[1].size(), 1U);
}

TEST_F(ScheduleTest, LooksAnewAtAHeldTargetByAnotherConnection) {
  auto spec = std::make_shared<Spec>();
  spec->address.port = 1;
  spec->what = probe::HeldSpec{};
  Make().Watch({{1, spec}});
  ASSERT_TRUE(RunUntil([&] { return prober.news.contains(1); }));
  for (int i = 0; i < 3; ++i) prober.news[1](Failure());
  ASSERT_EQ(seen[1].back().opinion, detect::Opinion::kDown);
  EXPECT_EQ(schedule->LookAnew(), std::vector<WatchId>{1});
  EXPECT_FALSE(prober.news.contains(1));
  EXPECT_EQ(schedule->figures().held, 0U);
  ASSERT_TRUE(RunUntil([&] { return prober.news.contains(1); }));
  prober.news[1](Success());
  EXPECT_EQ(seen[1].back().opinion, detect::Opinion::kUp);
}

TEST_F(ScheduleTest, SeesAllNewsOfAHeldTarget) {
  Schedule& watching = Make();
  watching.Watch(HeldTargets(1));
  ASSERT_TRUE(RunUntil([&] { return prober.news.contains(1); }));
  EXPECT_EQ(watching.figures().held, 1U);
  EXPECT_EQ(watching.figures().running, 0U) << "it takes no probe's place";
  prober.news[1](Success());
  for (int i = 0; i < 3; ++i) prober.news[1](Failure());
  ASSERT_EQ(seen[1].size(), 4U);
  EXPECT_EQ(seen[1][0].opinion, detect::Opinion::kUp);
  EXPECT_FALSE(seen[1][2].opinion_changed);
  EXPECT_TRUE(seen[1][3].opinion_changed) << "after `fall` failures, without waiting";
  watching.Watch({});
  EXPECT_TRUE(prober.news.empty());
  EXPECT_EQ(watching.figures().held, 0U);
}

TEST_F(ScheduleTest, ProbesHeldTargetsBeyondTheLimitAtTheirInterval) {
  Make(1000, 1).Watch(HeldTargets(2));
  ASSERT_TRUE(RunUntil([&] { return prober.starts.size() == 1 && prober.news.size() == 1; }));
  const uint16_t probed = prober.starts.begin()->first;
  EXPECT_TRUE(RunUntil([&] { return prober.starts[probed] >= 3; }));
}

TEST_F(ScheduleTest, WhatThisMachineCannotProbeCountsForNothing) {
  prober.answer = [this](uint16_t) { return seen[1].size() == 1 ? Inconclusive() : Success(); };
  Schedule& watching = Make();
  watching.Watch(Targets(1, milliseconds(5)));
  ASSERT_TRUE(RunUntil([&] { return seen[1].size() == 3; }));
  EXPECT_EQ(seen[1][1].opinion, detect::Opinion::kUp);
  EXPECT_EQ(seen[1][1].contrary, 0U);
  EXPECT_EQ(watching.figures().inconclusive, 1U);
}

}  // namespace
}  // namespace waypost::schedule
