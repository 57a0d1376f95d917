#include "dnsd/wire/octet_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "dnsd/base/random.h"

namespace waypost::wire {
namespace {

TEST(OctetWords, EveryOctetIsLoweredInEveryPlaceOfAWord) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    for (unsigned place = 0; place < 8; ++place) {
      for (const uint64_t others : {uint64_t{0}, ~uint64_t{0}, uint64_t{0x5B5B405A41614060}}) {
        const uint64_t hole = ~(uint64_t{0xFF} << place * 8);
        const uint64_t word = (others & hole) | uint64_t{octet} << place * 8;
        const uint64_t lowered = LowerWord(word) >> place * 8 & 0xFF;
        EXPECT_EQ(lowered, Lower(static_cast<uint8_t>(octet))) << octet << " at " << place;
      }
    }
  }
}

std::vector<uint8_t> Draw(Random& random, size_t size) {
  std::vector<uint8_t> octets(size);
  for (uint8_t& octet : octets) octet = static_cast<uint8_t>(random.Next());
  return octets;
}

std::vector<uint8_t> LoweredOneByOne(std::vector<uint8_t> octets) {
  std::transform(octets.begin(), octets.end(), octets.begin(), Lower);
  return octets;
}

TEST(OctetWords, AnySizeIsLoweredAsOctetByOctet) {
  Random random(1);
  for (size_t size = 0; size <= kMaxNameOctets; ++size) {
    std::vector<uint8_t> octets = Draw(random, size);
    std::vector<uint8_t> lowered(size);
    LowerOctets(octets.data(), size, lowered.data());
    EXPECT_EQ(lowered, LoweredOneByOne(octets));
    LowerOctets(octets.data(), size, octets.data());
    EXPECT_EQ(octets, lowered) << "in place";
  }
}

TEST(OctetWords, ADifferenceAnywhereIsSeen) {
  Random random(2);
  for (size_t size = 0; size <= 40; ++size) {
    const std::vector<uint8_t> stored = Draw(random, size);
    const std::vector<uint8_t> lowered = LoweredOneByOne(stored);
    EXPECT_TRUE(SameOctets(stored.data(), std::vector(stored).data(), size));
    EXPECT_TRUE(SameLowered(stored.data(), lowered.data(), size));
    for (size_t i = 0; i < size; ++i) {
      std::vector<uint8_t> other = stored;
      other[i] ^= 1;
      EXPECT_FALSE(SameOctets(stored.data(), other.data(), size)) << size << " at " << i;
      other = lowered;
      other[i] ^= 1;
      EXPECT_FALSE(SameLowered(stored.data(), other.data(), size)) << size << " at " << i;
    }
  }
}

TEST(OctetWords, UpperCaseIsNotLowered) {
  const std::vector<uint8_t> stored(9, 'a'), upper(9, 'A');
  EXPECT_FALSE(SameLowered(stored.data(), upper.data(), stored.size()));
}

}  // namespace
}  // namespace waypost::wire
