#include "dnsd/transfer/refresh_schedule.h"

#include <gtest/gtest.h>

namespace waypost::transfer {
namespace {

using std::chrono::seconds;

constexpr SoaNumbers kSoa{1, seconds(1000), seconds(100), seconds(5000)};

class Refreshing : public ::testing::Test {
 protected:
  /// Whole seconds until the next question, not counting what was cut at random.
  void ExpectWait(int64_t wait_s) {
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(schedule_.due() - now_);
    EXPECT_LE(wait, seconds(wait_s));
    EXPECT_GT(wait, seconds(wait_s) * 9 / 10 - std::chrono::milliseconds(1));
  }

  Steady now_{std::chrono::hours(100)};
  RefreshSchedule schedule_{now_, 1};
};

TEST_F(Refreshing, AZoneThatIsNotThereIsDueAtOnce) {
  EXPECT_EQ(schedule_.due(), now_);
  EXPECT_FALSE(schedule_.expires());
}

TEST_F(Refreshing, WithoutAZoneThePatienceGrows) {
  for (const int64_t wait : {2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600}) {
    schedule_.Fail(now_);
    ExpectWait(wait);
  }
  for (int i = 0; i < 100; ++i) schedule_.Fail(now_);
  ExpectWait(600);
}

TEST_F(Refreshing, FollowsTheTimersOfTheSoa) {
  schedule_.Confirm(kSoa, now_);
  ExpectWait(1000);
  EXPECT_EQ(schedule_.expires(), now_ + seconds(5000));
  for (const int64_t wait : {100, 200, 400, 400}) {
    schedule_.Fail(now_);
    ExpectWait(wait);
  }
  schedule_.Confirm(kSoa, now_);
  schedule_.Fail(now_);
  ExpectWait(100);
}

TEST_F(Refreshing, ARetryIsNeverLaterThanARefreshWouldBe) {
  schedule_.Confirm({1, seconds(150), seconds(100), seconds(5000)}, now_);
  schedule_.Fail(now_);
  ExpectWait(100);
  schedule_.Fail(now_);
  ExpectWait(150);
}

TEST_F(Refreshing, AZoneIsGivenUpOnceItExpires) {
  schedule_.Confirm(kSoa, now_);
  for (int i = 0; i < 20; ++i) schedule_.Fail(now_ + seconds(4990));
  EXPECT_FALSE(schedule_.Expire(now_ + seconds(4999)));
  EXPECT_TRUE(schedule_.Expire(now_ + seconds(5000)));
  EXPECT_FALSE(schedule_.Expire(now_ + seconds(5001))) << "once";
  EXPECT_FALSE(schedule_.expires());
  EXPECT_EQ(schedule_.due(), now_ + seconds(5000)) << "and asked for at once";
  schedule_.Confirm(kSoa, now_ + seconds(6000));
  EXPECT_EQ(schedule_.expires(), now_ + seconds(11000));
}

TEST_F(Refreshing, NoZoneExpiresBeforeItWasToBeRefreshed) {
  schedule_.Confirm({1, seconds(1000), seconds(100), seconds(10)}, now_);
  EXPECT_EQ(schedule_.expires(), now_ + seconds(1100));
}

TEST_F(Refreshing, WhatWasKeptAgesWhileNobodyLooks) {
  schedule_.Confirm(kSoa, now_ - seconds(2000));
  EXPECT_LT(schedule_.due(), now_) << "it should have been asked for long ago";
  EXPECT_FALSE(schedule_.Expire(now_));
  schedule_.Confirm(kSoa, now_ - seconds(5000));
  EXPECT_TRUE(schedule_.Expire(now_));
}

TEST_F(Refreshing, ANotificationMakesItDueAtOnce) {
  schedule_.Confirm(kSoa, now_);
  schedule_.Hasten(now_ + seconds(3));
  EXPECT_EQ(schedule_.due(), now_ + seconds(3));
}

TEST_F(Refreshing, TimersOfZeroAndOfDecadesAreBounded) {
  schedule_.Confirm({1, seconds(0), seconds(0), seconds(0)}, now_);
  ExpectWait(1);
  EXPECT_EQ(schedule_.expires(), now_ + seconds(2));
  schedule_.Confirm({1, seconds(0xFFFFFFFF), seconds(0xFFFFFFFF), seconds(0xFFFFFFFF)}, now_);
  ExpectWait(RefreshSchedule::kMaxTimer.count());
}

TEST_F(Refreshing, ZonesThatWereLoadedTogetherDoNotStayTogether) {
  RefreshSchedule other(now_, 2);
  schedule_.Confirm(kSoa, now_);
  other.Confirm(kSoa, now_);
  EXPECT_NE(schedule_.due(), other.due());
}

}  // namespace
}  // namespace waypost::transfer
