#include <gtest/gtest.h>

#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/geo/prefix_leaves.h"

namespace waypost::geo {
namespace {

struct Leaf {
  IpPrefix prefix;
  uint32_t class_id;
  bool operator==(const Leaf&) const = default;
};

/// Cuts a prefix in halves at random, down to single addresses here and there.
void Divide(const IpPrefix& prefix, Random& random, std::vector<Leaf>& leaves) {
  const uint64_t odds = prefix.length < 12 ? 8 : prefix.length < 26 ? 5 : 4;
  if (prefix.length == 32 || random.Below(8) >= odds) {
    leaves.push_back({prefix, static_cast<uint32_t>(random.Below(PackedLeaf::kMaxClass))});
    return;
  }
  const auto length = static_cast<uint8_t>(prefix.length + 1);
  const uint32_t start = prefix.address.v4();
  const uint32_t half = uint32_t{1} << (32 - length);
  Divide({IpAddress::FromV4(start), length}, random, leaves);
  Divide({IpAddress::FromV4(start + half), length}, random, leaves);
}

std::vector<Leaf> DrawLeaves() {
  Random random(7);
  std::vector<Leaf> leaves;
  Divide({IpAddress::FromV4(0), 0}, random, leaves);
  return leaves;
}

V4Leaves MadeOf(const std::vector<Leaf>& leaves) {
  V4Leaves made;
  for (const Leaf& leaf : leaves) made.Push(leaf.prefix, leaf.class_id);
  made.Index();
  return made;
}

TEST(V4Leaves, EveryLeafIsFoundAtItsFirstAndLastAddress) {
  const std::vector<Leaf> leaves = DrawLeaves();
  const V4Leaves made = MadeOf(leaves);
  ASSERT_GT(leaves.size(), 10000U);
  for (const Leaf& leaf : leaves) {
    const uint32_t first = leaf.prefix.address.v4();
    const auto last = static_cast<uint32_t>(first + (uint64_t{1} << (32 - leaf.prefix.length)) - 1);
    for (const uint32_t address : {first, last}) {
      const PackedLeaf found = made.Find(IpAddress::FromV4(address));
      ASSERT_EQ(found.class_id(), leaf.class_id) << leaf.prefix.ToString();
      ASSERT_EQ(found.length(), leaf.prefix.length) << leaf.prefix.ToString();
    }
  }
}

TEST(V4Leaves, AllAreVisitedInOrder) {
  const std::vector<Leaf> leaves = DrawLeaves();
  std::vector<Leaf> visited;
  MadeOf(leaves).ForEach([&visited](const IpPrefix& prefix, uint32_t class_id) {
    visited.push_back({prefix, class_id});
  });
  EXPECT_EQ(visited, leaves);
}

TEST(V4Leaves, OneLeafForAllIsUndivided) {
  EXPECT_TRUE(MadeOf({{{IpAddress::FromV4(0), 0}, 5}}).is_undivided());
  EXPECT_FALSE(MadeOf({{{IpAddress::FromV4(0), 1}, 5}, {{IpAddress::FromV4(1U << 31), 1}, 6}})
                   .is_undivided());
}

}  // namespace
}  // namespace waypost::geo
