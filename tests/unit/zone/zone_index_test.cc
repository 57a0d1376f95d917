#include "dnsd/zone/zone_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/base/random.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

std::vector<wire::Name> Names(const std::vector<std::string>& texts) {
  std::vector<wire::Name> names;
  for (const std::string& text : texts) names.push_back(N(text));
  return names;
}

uint32_t Find(const ZoneIndex& index, std::string_view name) {
  const std::string wire = Wire(name);
  return index.Find(AsView(wire));
}

TEST(ZoneIndex, FindsTheLongestOrigin) {
  const auto index = ZoneIndex::Build(Names({"example", "Sub.Example", "a.b.example", "test"}));
  EXPECT_EQ(Find(index, "example"), 0U);
  EXPECT_EQ(Find(index, "x.y.example"), 0U);
  EXPECT_EQ(Find(index, "sub.example"), 1U);
  EXPECT_EQ(Find(index, "www.sub.example"), 1U);
  EXPECT_EQ(Find(index, "b.example"), 0U);
  EXPECT_EQ(Find(index, "c.a.b.example"), 2U);
  EXPECT_EQ(Find(index, "a.b.c.d.e.f.test"), 3U);
}

TEST(ZoneIndex, UnservedNamesAreNone) {
  const auto index = ZoneIndex::Build(Names({"example"}));
  EXPECT_EQ(Find(index, "com"), ZoneIndex::kNone);
  EXPECT_EQ(Find(index, "."), ZoneIndex::kNone);
  EXPECT_EQ(Find(index, "xexample"), ZoneIndex::kNone);
  EXPECT_EQ(Find(ZoneIndex(), "example"), ZoneIndex::kNone);
  EXPECT_EQ(Find(ZoneIndex::Build({}), "."), ZoneIndex::kNone);
}

TEST(ZoneIndex, RootIsForTheRest) {
  const auto index = ZoneIndex::Build(Names({".", "example"}));
  EXPECT_EQ(Find(index, "."), 0U);
  EXPECT_EQ(Find(index, "com"), 0U);
  EXPECT_EQ(Find(index, "www.example"), 1U);
}

TEST(ZoneIndex, HoldsManyZones) {
  std::vector<std::string> texts;
  for (int i = 0; i < 20000; ++i) texts.push_back("z" + std::to_string(i) + ".test");
  const auto index = ZoneIndex::Build(Names(texts));
  for (uint32_t i = 0; i < texts.size(); ++i) ASSERT_EQ(Find(index, "www." + texts[i]), i);
  EXPECT_EQ(Find(index, "z20000.test"), ZoneIndex::kNone);
}

TEST(ZoneIndex, WhatIsLikelySaysHowMuchOfTheNameItIs) {
  const auto index = ZoneIndex::Build(Names({".", "example", "sub.example"}));
  for (const std::string name :
       {"com", "example", "www.example", "sub.example", "a.b.sub.example"}) {
    const std::string wire = Wire(name);
    const ZoneIndex::Likely likely = index.FindLikely(AsView(wire));
    ASSERT_EQ(likely.position, Find(index, name));
    EXPECT_EQ(likely.octets, index.origin_octets(likely.position));
  }
  const auto few = ZoneIndex::Build(Names({"example"}));
  const std::string unserved = Wire("com");
  EXPECT_EQ(few.FindLikely(AsView(unserved)).position, ZoneIndex::kNone);
}

TEST(ZoneIndex, ZonesComeAndGo) {
  Random random(1);
  ZoneIndex index;
  std::vector<std::string> served;  // by position
  for (int round = 0; round < 20000; ++round) {
    const std::string text = "z" + std::to_string(random.Below(300)) + ".test";
    const uint32_t position = index.FindExact(N(text));
    const auto known = std::find(served.begin(), served.end(), text);
    ASSERT_EQ(position == ZoneIndex::kNone, known == served.end());
    if (position == ZoneIndex::kNone) {
      index.Add(N(text));
      served.push_back(text);
    } else {
      index.Remove(position);
      std::swap(served[position], served.back());
      served.pop_back();
    }
  }
  ASSERT_EQ(index.size(), served.size());
  for (uint32_t i = 0; i < served.size(); ++i) EXPECT_EQ(Find(index, "www." + served[i]), i);
}

TEST(ZoneIndex, CopiesDoNotSeeEachOthersChanges) {
  const auto before = ZoneIndex::Build(Names({"a.test", "b.test", "c.test"}));
  ZoneIndex after = before;
  after.Remove(after.FindExact(N("A.test")));
  after.Add(N("d.test"));
  EXPECT_EQ(Find(before, "a.test"), 0U);
  EXPECT_EQ(Find(before, "d.test"), ZoneIndex::kNone);
  EXPECT_EQ(Find(after, "a.test"), ZoneIndex::kNone);
  EXPECT_EQ(Find(after, "c.test"), 0U);
  EXPECT_EQ(Find(after, "d.test"), 2U);
}

}  // namespace
}  // namespace waypost::zone
