#include "dnsd/zone/arena.h"

#include <gtest/gtest.h>

#include <vector>

#include "dnsd/zone/flat_zone.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

TEST(Arena, KeepsWhatItStoredWhileItGrows) {
  Arena arena;
  std::vector<std::span<const uint8_t>> stored;
  for (size_t i = 0; i < 300; ++i) {
    stored.push_back(arena.Store(std::vector<uint8_t>(i * 7, static_cast<uint8_t>(i))));
  }
  for (size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(stored[i].size(), i * 7);
    for (const uint8_t octet : stored[i]) ASSERT_EQ(octet, static_cast<uint8_t>(i));
  }
}

TEST(Arena, TakesLittleForLittleAndNeverMoreThanAChunkTooMuch) {
  Arena arena;
  arena.Allocate(1);
  EXPECT_EQ(arena.capacity(), Arena::kFirstChunkOctets);
  size_t used = 1;
  for (; used < 1000000; used += 100) arena.Allocate(100);
  EXPECT_LE(arena.capacity() - used, 2 * Arena::kChunkOctets);
}

TEST(Arena, HoldsOneThingThatIsLargerThanAChunk) {
  Arena arena;
  EXPECT_NE(arena.Allocate(3 * Arena::kChunkOctets), nullptr);
  EXPECT_EQ(arena.capacity(), 3 * Arena::kChunkOctets);
}

TEST(Arena, OfASmallZoneHasTheSizeOfItsContent) {
  const auto zone = Sound("www A 192.0.2.1\nmail A 192.0.2.2\n@ MX 10 mail\n");
  const ZoneLayout& layout = static_cast<const FlatZone&>(*zone).layout();
  size_t octets = 0;
  for (const Node& node : layout.nodes) octets += node.owner().size();
  for (const RrSet& rrset : layout.rrsets) octets += rrset.rdata().size();
  EXPECT_EQ(layout.arena.capacity(), octets);
  EXPECT_EQ(layout.nodes.capacity(), layout.nodes.size());
}

}  // namespace
}  // namespace waypost::zone
