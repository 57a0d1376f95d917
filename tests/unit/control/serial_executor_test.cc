#include "dnsd/control/serial_executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace waypost::control {
namespace {

TEST(SerialExecutor, RunsTasksInTheOrderInWhichTheyCame) {
  std::vector<int> seen;
  SerialExecutor executor("test");
  for (int i = 0; i < 100; ++i) executor.Post([&seen, i] { seen.push_back(i); });
  const size_t count = executor.Ask([&seen] { return seen.size(); });
  EXPECT_EQ(count, 100U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(SerialExecutor, RefusesWhenTooMuchWaitsAndCountsIt) {
  std::promise<void> busy;
  std::promise<void> gate;
  SerialExecutor executor("test");
  executor.Post([&busy, &gate] {
    busy.set_value();
    gate.get_future().wait();
  });
  busy.get_future().wait();
  for (size_t i = 0; i < SerialExecutor::kMaxQueued; ++i) ASSERT_TRUE(executor.Post([] {})) << i;
  EXPECT_FALSE(executor.Post([] {}));
  EXPECT_EQ(executor.refused(), 1U);
  gate.set_value();
}

TEST(SerialExecutor, TicksAndStillWorks) {
  std::atomic<int> ticks{0};
  SerialExecutor executor("test", std::chrono::milliseconds(1), [&ticks] { ++ticks; });
  while (ticks < 3) EXPECT_EQ(executor.Ask([] { return 7; }), 7);
}

TEST(SerialExecutor, StopRunsWhatIsQueuedAndThenRefuses) {
  std::atomic<int> ran{0};
  SerialExecutor executor("test");
  for (int i = 0; i < 10; ++i) executor.Post([&ran] { ++ran; });
  executor.Stop();
  EXPECT_EQ(ran, 10);
  EXPECT_FALSE(executor.Post([] {}));
}

}  // namespace
}  // namespace waypost::control
