// What vantages can make a director remember is bounded, whatever they call themselves.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "dnsd/liveness/verdicts.h"
#include "dnsd/liveness/watch_plan.h"

namespace waypost::sim {
namespace {

using std::chrono::milliseconds;

class Memory : public ::testing::Test {
 protected:
  static constexpr uint32_t kEndpoints = 5;

  Memory() {
    liveness::Layout layout;
    std::vector<liveness::WatchTarget> targets;
    for (uint32_t i = 0; i < kEndpoints; ++i) {
      layout.endpoints.push_back({fmt::format("p/192.0.2.{}", i)});
      targets.push_back({layout.endpoints.back().id, 3, nullptr});
    }
    layout.pools = {{"p", 100}};
    const liveness::BoardLayout shape{{{0, kEndpoints, 0}}, kEndpoints, 0, 0};
    verdicts_.Configure(layout, std::make_shared<liveness::Board>(shape), now_);
    plan_.Configure(std::move(targets));
  }

  /// One comes, says something about everything, and is never heard of again.
  void Visit(int number) {
    const std::string name = fmt::format("a-vantage-by-the-name-of-{}", number);
    now_ += milliseconds(200);
    verdicts_.Introduce(name, {fmt::format("region-{}", number % 50), 64500}, now_);
    plan_.Hear(name, "", now_);
    for (uint32_t i = 0; i < kEndpoints; ++i) {
      liveness::Evidence evidence;
      evidence.opinion = number % 3 == 0 ? liveness::Opinion::kDown : liveness::Opinion::kUp;
      evidence.observed = now_;
      evidence.detail.assign(1000, 'x');
      verdicts_.Observe(name, fmt::format("p/192.0.2.{}", i), evidence, now_);
    }
    verdicts_.Disconnect(name, now_);
    verdicts_.Tick(now_);
    plan_.Tick(now_);
    verdicts_.TakeChanges();
  }

  liveness::Verdicts verdicts_;
  liveness::WatchPlan plan_;
  Steady now_{std::chrono::hours(1)};
};

TEST_F(Memory, DoesNotGrowWithTheNumberOfVantagesThatEverCame) {
  for (int i = 0; i < 2'000; ++i) Visit(i);
  const size_t before = mallinfo2().uordblks;
  for (int i = 2'000; i < 20'000; ++i) Visit(i);
  EXPECT_LE(verdicts_.Votes("p/192.0.2.1", now_).size(), liveness::Roster::kMaxVantages);
  EXPECT_LE(plan_.WatchersOf(0).size(), 60U) << "those of the last ten seconds";
  // A sanitizer's allocator reports nothing here, which is no growth either.
  EXPECT_LE(mallinfo2().uordblks, before + before / 20);
}

}  // namespace
}  // namespace waypost::sim
