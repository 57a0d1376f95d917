#include "dnsd/control/serial_executor.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <vector>

namespace waypost::control {
namespace {

TEST(SerialExecutor, RunsTasksInTheOrderInWhichTheyCame) {
  std::vector<int> seen;
  SerialExecutor executor("test", SerialExecutor::Pace::kPrompt);
  for (int i = 0; i < 100; ++i) executor.Post([&seen, i] { seen.push_back(i); });
  const size_t count = executor.Ask([&seen] { return seen.size(); });
  EXPECT_EQ(count, 100U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(SerialExecutor, RefusesWhenTooMuchWaitsAndCountsIt) {
  std::promise<void> busy;
  std::promise<void> gate;
  SerialExecutor executor("test", SerialExecutor::Pace::kPrompt);
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
  SerialExecutor executor("test", SerialExecutor::Pace::kPrompt, std::chrono::milliseconds(1),
                          [&ticks] { ++ticks; });
  while (ticks < 3) EXPECT_EQ(executor.Ask([] { return 7; }), 7);
}

TEST(SerialExecutor, StopRunsWhatIsQueuedAndThenRefuses) {
  std::atomic<int> ran{0};
  SerialExecutor executor("test", SerialExecutor::Pace::kPrompt);
  for (int i = 0; i < 10; ++i) executor.Post([&ran] { ++ran; });
  executor.Stop();
  EXPECT_EQ(ran, 10);
  EXPECT_FALSE(executor.Post([] {}));
}

TEST(SerialExecutor, OnlyThePatientOnesLetOthersGoFirst) {
  const auto niceness = [] { return getpriority(PRIO_PROCESS, 0); };
  const int own = niceness();
  SerialExecutor prompt("prompt", SerialExecutor::Pace::kPrompt);
  SerialExecutor patient("patient", SerialExecutor::Pace::kPatient);
  EXPECT_EQ(prompt.Ask(niceness), own);
  EXPECT_EQ(patient.Ask(niceness), std::max(own, 10));
  EXPECT_EQ(niceness(), own);
}

}  // namespace
}  // namespace waypost::control
