#include "dnsd/liveness/deadlines.h"

#include <gtest/gtest.h>

namespace waypost::liveness {
namespace {

using std::chrono::seconds;

Steady At(int s) { return Steady(seconds(s)); }

TEST(Deadlines, ItemsAreDueInOrderAndOnce) {
  Deadlines deadlines(3);
  deadlines.NoLaterThan(0, At(30));
  deadlines.NoLaterThan(1, At(10));
  EXPECT_EQ(deadlines.TakeDue(At(9)), std::nullopt);
  EXPECT_EQ(deadlines.TakeDue(At(30)), 1U);
  EXPECT_EQ(deadlines.TakeDue(At(30)), 0U);
  EXPECT_EQ(deadlines.TakeDue(At(99)), std::nullopt);
}

TEST(Deadlines, EarlierDeadlineReplacesALaterOne) {
  Deadlines deadlines(1);
  deadlines.NoLaterThan(0, At(30));
  deadlines.NoLaterThan(0, At(10));
  deadlines.NoLaterThan(0, At(20));
  EXPECT_EQ(deadlines.TakeDue(At(10)), 0U);
  EXPECT_EQ(deadlines.TakeDue(At(99)), std::nullopt);
}

TEST(Deadlines, ItemWithoutDeadlineIsNeverDue) {
  Deadlines deadlines(1);
  deadlines.NoLaterThan(0, Steady::max());
  EXPECT_EQ(deadlines.TakeDue(At(1'000'000)), std::nullopt);
}

TEST(Deadlines, MemoryIsBoundedByTheItems) {
  Deadlines deadlines(10);
  for (int s = 100'000; s > 0; --s) deadlines.NoLaterThan(static_cast<uint32_t>(s % 10), At(s));
  EXPECT_LE(deadlines.entries(), 10U * 2 + 65);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(deadlines.TakeDue(At(10)));
  EXPECT_EQ(deadlines.TakeDue(At(99)), std::nullopt);
}

}  // namespace
}  // namespace waypost::liveness
