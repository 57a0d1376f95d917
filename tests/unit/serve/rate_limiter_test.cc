#include "dnsd/serve/rate_limiter.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace waypost::serve {
namespace {

constexpr uint64_t kSecond = 1'000'000;
constexpr std::array<uint8_t, 4> kName = {1, 'a', 0, 0};

IpAddress Address(const char* text) { return *IpAddress::Parse(text); }

class Limiting : public ::testing::Test {
 protected:
  bool Allows(const char* client, uint64_t now_us, AnswerClass answer = AnswerClass::kPositive) {
    return limiter_.Allows(Address(client), answer, kName, 10, now_us);
  }
  /// Of `asked` answers that are wanted at once.
  int AllowedOf(int asked, const char* client, uint64_t now_us) {
    int allowed = 0;
    for (int i = 0; i < asked; ++i) allowed += Allows(client, now_us) ? 1 : 0;
    return allowed;
  }

  RateLimiter limiter_{1024, SipKey{1, 2, 3}};
};

TEST_F(Limiting, ASecondsWorthAtOnceThenTheRate) {
  EXPECT_EQ(AllowedOf(100, "192.0.2.1", 5 * kSecond), 10);
  EXPECT_EQ(AllowedOf(100, "192.0.2.1", 5 * kSecond + kSecond / 2), 5);
  EXPECT_EQ(AllowedOf(100, "192.0.2.1", 60 * kSecond), 10) << "quiet time is not saved up";
}

TEST_F(Limiting, NetworksShareAnAccount) {
  EXPECT_EQ(AllowedOf(100, "192.0.2.1", 0), 10);
  EXPECT_EQ(AllowedOf(100, "192.0.2.255", 0), 0) << "the same /24";
  EXPECT_EQ(AllowedOf(100, "192.0.3.1", 0), 10);
  EXPECT_EQ(AllowedOf(100, "2001:db8:0:1::1", 0), 10);
  EXPECT_EQ(AllowedOf(100, "2001:db8:0:ff::1", 0), 0) << "the same /56";
  EXPECT_EQ(AllowedOf(100, "2001:db8:0:100::1", 0), 10);
}

TEST_F(Limiting, ClassesAndNamesHaveAccountsOfTheirOwn) {
  EXPECT_EQ(AllowedOf(100, "192.0.2.1", 0), 10);
  EXPECT_TRUE(Allows("192.0.2.1", 0, AnswerClass::kNxDomain));
  constexpr std::array<uint8_t, 4> kOther = {1, 'b', 0, 0};
  EXPECT_TRUE(limiter_.Allows(Address("192.0.2.1"), AnswerClass::kPositive, kOther, 10, 0));
}

TEST_F(Limiting, StaysInForceAsTimeGoesOn) {
  int allowed = 0;
  for (uint64_t ms = 0; ms < 20'000; ++ms) {
    allowed += Allows("192.0.2.1", ms * 1000) ? 1 : 0;
  }
  EXPECT_NEAR(allowed, 10 * 20 + 10, 2);
}

TEST_F(Limiting, AFloodOfNetworksTakesNoMemoryAndFewAccountsFromOthers) {
  EXPECT_EQ(AllowedOf(100, "198.51.100.1", 0), 10);
  for (uint32_t i = 0; i < 1'000'000; ++i) {
    limiter_.Allows(IpAddress::FromV4(i << 8), AnswerClass::kPositive, kName, 10, 0);
  }
  // The heavy one is the last to be given up.
  EXPECT_EQ(AllowedOf(100, "198.51.100.1", 0), 0);
}

TEST_F(Limiting, WorkersMayCountTogether) {
  std::atomic<int> allowed{0};
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        if (limiter_.Allows(Address("192.0.2.1"), AnswerClass::kPositive, kName, 10, 0)) ++allowed;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_GE(allowed, 10);
  EXPECT_LE(allowed, 40) << "at worst each worker counts for itself";
}

}  // namespace
}  // namespace waypost::serve
