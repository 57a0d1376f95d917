#include "dnsd/base/shared_map.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "dnsd/base/random.h"

namespace waypost {
namespace {

using Map = SharedMap<int>;
using Model = std::map<std::string, int>;

std::string Key(uint64_t number) { return "key-" + std::to_string(number); }

Model Content(const Map& map) {
  Model content;
  std::string last;
  for (const auto& [key, value] : map) {
    EXPECT_TRUE(content.empty() || last < key) << last << " " << key;
    content.emplace(key, value);
    last = key;
  }
  EXPECT_EQ(content.size(), map.size());
  return content;
}

struct Difference {
  Model before, after;
  bool operator==(const Difference&) const = default;
};

/// Without values that are equal; `visited` counts them as well.
Difference Compared(const Map& before, const Map& after, size_t* visited = nullptr) {
  Difference difference;
  Map::Compare(before, after, [&](const std::string& key, const int* a, const int* b) {
    if (visited != nullptr) ++*visited;
    if (a != nullptr && b != nullptr && *a == *b) return;
    if (a != nullptr) difference.before.emplace(key, *a);
    if (b != nullptr) difference.after.emplace(key, *b);
  });
  return difference;
}

Difference Expected(const Model& before, const Model& after) {
  Difference difference;
  for (const auto& [key, value] : before) {
    const auto other = after.find(key);
    if (other == after.end() || other->second != value) difference.before.emplace(key, value);
  }
  for (const auto& [key, value] : after) {
    const auto other = before.find(key);
    if (other == before.end() || other->second != value) difference.after.emplace(key, value);
  }
  return difference;
}

Map Numbered(int count) {
  Map map;
  for (int i = 0; i < count; ++i) map[Key(static_cast<uint64_t>(i))] = i;
  return map;
}

void ChangeOne(Random& random, Map& map, Model& model) {
  const std::string key = Key(random.Below(3000));
  if (random.Below(3) == 0) {
    EXPECT_EQ(map.erase(key), model.erase(key));
  } else {
    const int value = static_cast<int>(random.Below(1000));
    map[key] = value;
    model[key] = value;
  }
}

TEST(SharedMap, IsWhatAStandardMapIs) {
  Random random(1);
  Map map;
  Model model;
  for (int round = 0; round < 20000; ++round) ChangeOne(random, map, model);
  EXPECT_EQ(Content(map), model);
  for (uint64_t i = 0; i < 3000; ++i) {
    EXPECT_EQ(map.contains(Key(i)), model.contains(Key(i)));
    const auto bound = model.lower_bound(Key(i));
    const auto found = map.lower_bound(Key(i));
    ASSERT_EQ(found == map.end(), bound == model.end());
    if (bound == model.end()) continue;
    EXPECT_EQ(found->first, bound->first);
  }
}

TEST(SharedMap, CopiesDoNotSeeEachOthersChanges) {
  Random random(2);
  Map map;
  Model model;
  std::vector<std::pair<Map, Model>> copies;
  for (int round = 0; round < 3000; ++round) {
    ChangeOne(random, map, model);
    if (round % 100 == 0) copies.emplace_back(map, model);
  }
  for (const auto& [copy, expected] : copies) EXPECT_EQ(Content(copy), expected);
  EXPECT_EQ(Content(map), model);
}

TEST(SharedMap, ComparesWhateverBothHave) {
  Random random(3);
  Map map;
  Model model;
  for (int round = 0; round < 50; ++round) {
    const Map before = map;
    const Model model_before = model;
    for (uint64_t i = random.Below(200); i > 0; --i) ChangeOne(random, map, model);
    ASSERT_EQ(Compared(before, map), Expected(model_before, model));
  }
  EXPECT_EQ(Compared({}, map).after, model);
  EXPECT_EQ(Compared(map, {}).before, model);
}

TEST(SharedMap, ComparingLooksOnlyAtWhatIsNotShared) {
  const Map before = Numbered(100000);
  Map after = before;
  after[Key(50000)] = -1;
  after.erase(Key(70000));
  after["new"] = 7;
  size_t visited = 0;
  EXPECT_EQ(Compared(before, after, &visited).after, (Model{{Key(50000), -1}, {"new", 7}}));
  EXPECT_LE(visited, 3 * Map::kChunkEntries + 3);
}

TEST(SharedMap, IsFoundInByKeyAndThrowsForWhatIsNotThere) {
  const Map map = Numbered(3);
  EXPECT_EQ(map.at("key-1"), 1);
  EXPECT_EQ(map.find("key"), map.end());
  EXPECT_THROW(map.at("key-3"), std::out_of_range);
  EXPECT_EQ(Map().begin(), Map().end());
}

TEST(SharedMap, EmplaceKeepsWhatIsThere) {
  Map map = Numbered(1);
  EXPECT_FALSE(map.emplace("key-0", 9));
  EXPECT_TRUE(map.emplace("key-9", 9));
  EXPECT_EQ(Content(map), (Model{{"key-0", 0}, {"key-9", 9}}));
}

}  // namespace
}  // namespace waypost
