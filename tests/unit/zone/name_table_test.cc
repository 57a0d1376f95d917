#include "dnsd/zone/name_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "dnsd/base/random.h"
#include "dnsd/zone/name_hash.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

TEST(NameTable, FindsWhatWasInsertedWhateverTheHashes) {
  // All hashes equal, all tags equal, and ordinary ones; growing from nothing.
  const auto all_equal = [](uint32_t) { return uint64_t{7}; };
  const auto tags_equal = [](uint32_t value) { return uint64_t{value}; };
  const auto mixed = [](uint32_t value) { return Mix64(value); };
  const auto try_with = [](const auto& hash_of) {
    NameTable table;
    for (uint32_t value = 0; value < 300; ++value) {
      const auto equal = [value](uint32_t other) { return other == value; };
      EXPECT_EQ(table.Find(hash_of(value), equal), NameTable::kNone);
      table.Insert(hash_of(value), value, hash_of);
    }
    for (uint32_t value = 0; value < 300; ++value) {
      const auto equal = [value](uint32_t other) { return other == value; };
      EXPECT_EQ(table.Find(hash_of(value), equal), value);
    }
    EXPECT_EQ(table.size(), 300U);
  };
  try_with(all_equal);
  try_with(tags_equal);
  try_with(mixed);
}

TEST(NameTable, KeepsAQuarterOfItsSlotsFree) {
  NameTable table(1000);
  const size_t before = table.footprint();
  const auto hash_of = [](uint32_t value) { return Mix64(value); };
  for (uint32_t value = 0; value < 1000; ++value) table.Insert(hash_of(value), value, hash_of);
  EXPECT_EQ(table.footprint(), before);
  EXPECT_GE(before / 8 * 3, 1000U * 4);
}

TEST(NameHash, DependsOnEveryOctetTheLengthAndTheSeed) {
  std::set<uint64_t> hashes;
  size_t count = 0;
  for (size_t size = 1; size <= wire::kMaxNameOctets; ++size) {
    std::string name(size, 'a');
    hashes.insert(HashName(AsView(name), 1));
    hashes.insert(HashName(AsView(name), 2));
    count += 2;
    for (size_t i = 0; i < size; ++i) {
      name[i] = 'b';
      hashes.insert(HashName(AsView(name), 1));
      name[i] = 'a';
      ++count;
    }
  }
  EXPECT_EQ(hashes.size(), count);
}

TEST(NameHash, SpreadsSimilarNamesEvenly) {
  // A table of the usual fill must find names in few steps: count how many fall on each slot.
  constexpr int kNames = 60000;
  constexpr size_t kSlots = 65536;
  std::vector<int> slots(kSlots);
  std::set<uint32_t> tags;
  for (int i = 0; i < kNames; ++i) {
    const std::string wire = Wire("host-" + std::to_string(i) + ".example.com");
    const uint64_t hash = HashName(AsView(wire), 99);
    ++slots[hash % kSlots];
    tags.insert(static_cast<uint32_t>(hash >> 32));
  }
  // With a random function the fullest of 65,536 slots holds 8 or 9, and one pair of tags is equal.
  EXPECT_LE(*std::max_element(slots.begin(), slots.end()), 12);
  EXPECT_GE(tags.size(), kNames - 10U);
}

}  // namespace
}  // namespace waypost::zone
