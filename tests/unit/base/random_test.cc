#include "dnsd/base/random.h"

#include <gtest/gtest.h>

#include <bit>
#include <set>

namespace waypost {
namespace {

TEST(Random, GivesThePublishedNumbers) {
  // The first three of SplitMix64 from seed 1234567, as its authors' reference code prints them.
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317ULL);
  EXPECT_EQ(random.Next(), 3203168211198807973ULL);
  EXPECT_EQ(random.Next(), 9817491932198370423ULL);
}

TEST(Random, SameSeedSameNumbers) {
  Random a(7);
  Random b(7);
  Random other(8);
  EXPECT_EQ(a.Next(), b.Next());
  EXPECT_EQ(a.Next(), b.Next());
  EXPECT_NE(a.Next(), other.Next());
}

TEST(Random, BelowStaysBelowAndReachesEachNumber) {
  Random random(1);
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t number = random.Below(10);
    ASSERT_LT(number, 10U);
    seen.insert(number);
  }
  EXPECT_EQ(seen.size(), 10U);
}

TEST(Random, BelowOneIsZeroAndHugeBoundsWork) {
  Random random(1);
  EXPECT_EQ(random.Below(1), 0U);
  for (int i = 0; i < 100; ++i) EXPECT_LT(random.Below(uint64_t{1} << 63), uint64_t{1} << 63);
}

TEST(Random, BelowIsEven) {
  Random random(3);
  int counts[4] = {};
  for (int i = 0; i < 40000; ++i) ++counts[random.Below(4)];
  // Ten standard deviations of a fair draw.
  for (const int count : counts) EXPECT_NEAR(count, 10000, 870);
}

TEST(Mix64, OneBitOfInputFlipsAboutHalfTheOutput) {
  Random random(5);
  for (int bit = 0; bit < 64; ++bit) {
    int flipped = 0;
    for (int i = 0; i < 200; ++i) {
      const uint64_t x = random.Next();
      flipped += std::popcount(Mix64(x) ^ Mix64(x ^ (uint64_t{1} << bit)));
    }
    EXPECT_NEAR(flipped / 200.0, 32.0, 3.0) << "bit " << bit;
  }
}

}  // namespace
}  // namespace waypost
