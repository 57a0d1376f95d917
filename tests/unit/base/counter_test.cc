#include "dnsd/base/counter.h"

#include <gtest/gtest.h>

#include <thread>

namespace waypost {
namespace {

TEST(Counter, BeginsAtZeroAndAddsUp) {
  Counter counter;
  EXPECT_EQ(counter.Read(), 0U);
  counter.Add();
  counter.Add(41);
  EXPECT_EQ(counter.Read(), 42U);
}

TEST(Counter, WrapsAsUnsignedNumbersDo) {
  Counter counter;
  counter.Add(~uint64_t{0});
  counter.Add(2);
  EXPECT_EQ(counter.Read(), 1U);
}

TEST(Counter, OtherThreadsSeeItGrowAndLoseNothing) {
  constexpr uint64_t kCount = 200000;
  Counter counter;
  std::thread writer([&counter] {
    for (uint64_t i = 0; i < kCount; ++i) counter.Add();
  });
  uint64_t last = 0;
  while (last < kCount) {
    const uint64_t now = counter.Read();
    ASSERT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(counter.Read(), kCount);
}

}  // namespace
}  // namespace waypost
