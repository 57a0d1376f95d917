#include "dnsd/base/clock.h"

#include <gtest/gtest.h>

namespace waypost {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(VirtualClock, StandsStillUntilTold) {
  const VirtualClock clock;
  EXPECT_EQ(clock.Now(), clock.Now());
  EXPECT_EQ(clock.WallNow(), clock.WallNow());
}

TEST(VirtualClock, AdvancesBothTimesTogether) {
  VirtualClock clock;
  const Steady steady = clock.Now();
  const Wall wall = clock.WallNow();
  clock.Advance(milliseconds(1500));
  EXPECT_EQ(clock.Now() - steady, milliseconds(1500));
  EXPECT_EQ(clock.WallNow() - wall, milliseconds(1500));
}

TEST(VirtualClock, LeavesRoomForTimesBeforeItsStart) {
  // "An hour ago" must not be before the beginning of the steady clock's time.
  EXPECT_GE(VirtualClock().Now() - hours(1), Steady());
}

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  Steady last = clock.Now();
  for (int i = 0; i < 1000; ++i) {
    const Steady now = clock.Now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, WallTimeIsThatOfTheSystem) {
  const Wall before = std::chrono::system_clock::now();
  const Wall now = SystemClock().WallNow();
  EXPECT_GE(now + hours(1), before);
  EXPECT_LE(now, before + hours(1));
}

}  // namespace
}  // namespace waypost
