#include "dnsd/base/shared_vector.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "dnsd/base/random.h"

namespace waypost {
namespace {

std::vector<uint64_t> Content(const SharedVector<uint64_t>& shared) {
  std::vector<uint64_t> content;
  for (size_t i = 0; i < shared.size(); ++i) content.push_back(shared[i]);
  return content;
}

TEST(SharedVector, CopiesDoNotSeeEachOthersChanges) {
  Random random(1);
  SharedVector<uint64_t> shared;
  std::vector<uint64_t> model;
  std::vector<std::pair<SharedVector<uint64_t>, std::vector<uint64_t>>> copies;
  for (uint64_t round = 0; round < 5000; ++round) {
    const uint64_t chance = random.Below(10);
    if (chance < 5 || model.empty()) {
      shared.push_back(round);
      model.push_back(round);
    } else if (chance < 8) {
      const size_t at = random.Below(model.size());
      shared.Own(at) = model[at] = round;
    } else {
      shared.pop_back();
      model.pop_back();
    }
    if (round % 500 == 0) copies.emplace_back(shared, model);
  }
  EXPECT_EQ(Content(shared), model);
  for (const auto& [copy, expected] : copies) EXPECT_EQ(Content(copy), expected);
}

TEST(SharedVector, AChangeCopiesOneChunk) {
  SharedVector<uint64_t> before(1000);
  SharedVector<uint64_t> after = before;
  after.Own(500) = 7;
  size_t shared = 0;
  for (size_t i = 0; i < before.size(); ++i) shared += &before[i] == &after[i] ? 1 : 0;
  EXPECT_EQ(shared, 1000 - SharedVector<uint64_t>::kChunkItems);
}

}  // namespace
}  // namespace waypost
