#include "dnsd/steer/rendezvous.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dnsd/base/random.h"

namespace waypost::steer {
namespace {

double Exact(uint64_t hash) {
  return -std::log2((static_cast<double>(hash) + 0.5) / std::pow(2.0, 64)) * std::pow(2.0, 32);
}

TEST(Rendezvous, RaceTimeIsTheLogarithmWithinOneInAThousand) {
  Random random(7);
  for (int i = 0; i < 200000; ++i) {
    const uint64_t hash = random.Next() >> random.Below(40);
    if (hash == 0) continue;
    const double exact = Exact(hash);
    ASSERT_NEAR(static_cast<double>(RaceTime(hash)), exact, exact * 0.0011) << hash;
  }
}

TEST(Rendezvous, RaceTimeNearAllOnesKeepsItsPrecision) {
  for (int bits = 10; bits < 32; ++bits) {
    const uint64_t hash = ~uint64_t{0} - (uint64_t{1} << (63 - bits));
    const double exact = Exact(hash);
    EXPECT_NEAR(static_cast<double>(RaceTime(hash)), exact, exact * 0.0011 + 1) << bits;
  }
}

TEST(Rendezvous, RaceTimeFallsWithTheHashAndStaysInItsRange) {
  uint64_t last = RaceTime(0);
  EXPECT_EQ(last, uint64_t{64} << 32);
  for (uint64_t hash = 1; hash < uint64_t{1} << 62; hash += hash / 3 + 1) {
    const uint64_t time = RaceTime(hash);
    EXPECT_LE(time, last);
    last = time;
  }
  EXPECT_GE(RaceTime(~uint64_t{0}), 1U);
}

TEST(Rendezvous, SameNetworkHashesAlikeAndOthersDoNot) {
  const auto hash = [](const char* text, uint8_t length, uint64_t seed = 0) {
    return HashNetwork(*IpAddress::Parse(text), length, seed);
  };
  EXPECT_EQ(hash("198.51.100.1", 32), hash("198.51.100.254", 32));
  EXPECT_EQ(hash("198.51.100.1", 32), hash("198.51.100.0", 24));
  EXPECT_NE(hash("198.51.100.1", 32), hash("198.51.101.1", 32));
  EXPECT_EQ(hash("198.51.100.1", 16), hash("198.51.7.1", 16));
  EXPECT_EQ(hash("2001:db8:0:1::1", 128), hash("2001:db8:0:ff::2", 128));
  EXPECT_NE(hash("2001:db8:0:1::1", 128), hash("2001:db8:0:100::1", 128));
  EXPECT_NE(hash("198.51.100.1", 32, 1), hash("198.51.100.1", 32, 2));
}

}  // namespace
}  // namespace waypost::steer
