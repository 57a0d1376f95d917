#include "dnsd/base/huge_pages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>

namespace waypost {
namespace {

TEST(HugePages, VectorsGrowFromSmallToLargeAndKeepWhatTheyHold) {
  HugeVector<uint32_t> numbers;
  constexpr uint32_t kCount = 3'000'000;  // 12 MB
  for (uint32_t i = 0; i < kCount; ++i) numbers.push_back(i);
  HugeVector<uint32_t> copy = numbers;
  numbers.resize(10);
  numbers.shrink_to_fit();
  EXPECT_EQ(std::accumulate(numbers.begin(), numbers.end(), 0U), 45U);
  EXPECT_EQ(copy.back(), kCount - 1);
}

TEST(HugePages, LargeMemoryBeginsAtAPage) {
  const HugeVector<uint8_t> octets(size_t{5} << 20);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(octets.data()) % (size_t{2} << 20), 0U);
}

}  // namespace
}  // namespace waypost
