#include "dnsd/steer/endpoint_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "dnsd/base/random.h"

namespace waypost::steer {
namespace {

using ::testing::ElementsAre;

std::vector<EndpointIndex> Choose(size_t max, uint64_t draw, const std::vector<uint16_t>& weights) {
  std::array<EndpointIndex, kMaxAnswers> out;
  EndpointChoice choice(std::span<EndpointIndex>(out).first(max), draw);
  for (size_t i = 0; i < weights.size(); ++i) {
    choice.Add(static_cast<EndpointIndex>(i), weights[i]);
  }
  const size_t count = choice.Finish();
  return {out.begin(), out.begin() + count};
}

TEST(EndpointChoice, KeepsAllInOrderWhereThereIsRoom) {
  EXPECT_THAT(Choose(3, 1, {5, 1, 9}), ElementsAre(0, 1, 2));
}

TEST(EndpointChoice, WeightZeroGivesWayWhereverItStands) {
  EXPECT_THAT(Choose(8, 1, {0, 5, 0}), ElementsAre(1));
  EXPECT_THAT(Choose(8, 1, {0, 0}), ElementsAre(0, 1));
  EXPECT_THAT(Choose(1, 1, {0, 0, 0, 7}), ElementsAre(3));
}

TEST(EndpointChoice, NeverChoosesTheSameTwice) {
  for (uint64_t draw = 0; draw < 1000; ++draw) {
    const auto chosen = Choose(5, draw, {1, 60000, 3, 9, 100, 200, 7, 1});
    EXPECT_EQ(std::set<EndpointIndex>(chosen.begin(), chosen.end()).size(), 5U);
  }
}

// The first of a draw without replacement falls by weight, the second by weight among the rest.
TEST(EndpointChoice, DrawsWithoutReplacementByWeight) {
  std::map<EndpointIndex, int> first, second;
  constexpr int kDraws = 60000;
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    const auto chosen = Choose(2, Mix64(draw), {300, 200, 100});
    ++first[chosen[0]];
    ++second[chosen[1]];
  }
  EXPECT_NEAR(first[0], kDraws * 3 / 6, 620);
  EXPECT_NEAR(first[1], kDraws * 2 / 6, 580);
  EXPECT_NEAR(first[2], kDraws * 1 / 6, 460);
  // P(second = 0) = 2/6 x 3/4 + 1/6 x 3/5
  EXPECT_NEAR(second[0], kDraws * (2.0 / 6 * 3 / 4 + 1.0 / 6 * 3 / 5), 600);
}

}  // namespace
}  // namespace waypost::steer
