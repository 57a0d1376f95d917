#include "dnsd/base/siphash.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace waypost {
namespace {

SipKey CountingKey() {
  SipKey key;
  std::iota(key.begin(), key.end(), uint8_t{0});
  return key;
}

/// The vectors that come with the reference implementation: key 00 01 .. 0f, input 00 01 .. n-1.
TEST(SipHash, GivesTheReferenceValues) {
  const SipKey key = CountingKey();
  std::vector<uint8_t> input(63);
  std::iota(input.begin(), input.end(), uint8_t{0});
  const auto of = [&](size_t octets) { return SipHash24(key, std::span(input).first(octets)); };
  EXPECT_EQ(of(0), 0x726FDB47DD0E0E31ULL);
  EXPECT_EQ(of(1), 0x74F839C593DC67FDULL);
  EXPECT_EQ(of(7), 0xAB0200F58B01D137ULL);
  EXPECT_EQ(of(8), 0x93F5F5799A932462ULL);
  EXPECT_EQ(of(15), 0xA129CA6149BE45E5ULL);
  EXPECT_EQ(of(63), 0x958A324CEB064572ULL);
}

TEST(SipHash, DependsOnTheKey) {
  SipKey other = CountingKey();
  other[15] ^= 1;
  EXPECT_NE(SipHash24(CountingKey(), {}), SipHash24(other, {}));
}

}  // namespace
}  // namespace waypost
