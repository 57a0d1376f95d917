#include "dnsd/transfer/delta.h"

#include <gmock/gmock.h>

#include <map>

#include "dnsd/base/random.h"
#include "tests/unit/transfer/secondary_words.h"

namespace waypost::transfer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Rr kOld = Address("old.example.com", "192.0.2.1");
const Rr kNew = Address("new.example.com", "192.0.2.2");
const Rr kStays = Address("stays.example.com", "192.0.2.3");

std::string Applied(const std::vector<Rr>& base, const std::vector<Delta>& deltas) {
  const auto result = ApplyDeltas(RecordsOf(base), deltas);
  if (!result) return result.error().message;
  std::string text;
  for (const std::string& line : Lines(*result)) text += line.substr(0, line.find(' ')) + " ";
  return text;
}

TEST(ApplyDeltas, RemovesAndAdds) {
  const auto result = ApplyDeltas(RecordsOf({Soa(5), kOld, kStays}),
                                  std::vector<Delta>{{Soa(5), Soa(6), {kOld}, {kNew}}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(SoaOf(*result).serial, 6U);
  EXPECT_THAT(Lines(*result),
              ElementsAre("example.com 60 SOA ns. admin. 6 3600 900 604800 300",
                          "new.example.com 60 A 192.0.2.2", "stays.example.com 60 A 192.0.2.3"));
}

TEST(ApplyDeltas, NamesHaveNoCase) {
  EXPECT_EQ(
      Applied({Soa(5), kOld}, {{Soa(5), Soa(6), {Address("OLD.example.COM", "192.0.2.1")}, {}}}),
      "example.com ");
}

TEST(ApplyDeltas, ARecordThatGoesAndComesBackHasItsNewTtl) {
  const auto result = ApplyDeltas(
      RecordsOf({Soa(5), kOld}),
      std::vector<Delta>{{Soa(5), Soa(6), {kOld}, {}},
                         {Soa(6), Soa(7), {}, {Address("old.example.com", "192.0.2.1", 999)}}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(Lines(*result).at(1), "old.example.com 999 A 192.0.2.1");
}

TEST(ApplyDeltas, WhatDoesNotFitIsRefused) {
  EXPECT_THAT(Applied({Soa(5)}, {{Soa(5), Soa(6), {kOld}, {}}}),
              HasSubstr("not there to remove: old.example.com A 192.0.2.1"));
  EXPECT_THAT(Applied({Soa(5), kNew}, {{Soa(5), Soa(6), {}, {kNew}}}), HasSubstr("there already"));
  EXPECT_THAT(Applied({Soa(5)}, {{Soa(4), Soa(6), {}, {}}}), HasSubstr("but we have 5"));
}

/// Version by version, a map of what is there does the same, slowly.
TEST(ApplyDeltas, AgreesWithTheSlowWayOnRandomHistories) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::map<std::string, Rr> there;
    const auto some = [&] {
      return Address("n" + std::to_string(random.Below(12)) + ".example.com",
                     "192.0.2." + std::to_string(random.Below(3)));
    };
    const auto key = [](const Rr& rr) { return rr.owner + rr.rdata; };
    for (int i = 0; i < 10; ++i) {
      const Rr rr = some();
      there.emplace(key(rr), rr);
    }
    std::vector<Rr> base{Soa(1)};
    for (const auto& [k, rr] : there) base.push_back(rr);
    std::vector<Delta> deltas;
    for (uint32_t serial = 1; serial <= 1 + random.Below(4); ++serial) {
      Delta delta{Soa(serial), Soa(serial + 1), {}, {}};
      for (auto at = there.begin(); at != there.end();) {
        if (random.Below(3) != 0) {
          ++at;
          continue;
        }
        delta.removed.push_back(at->second);
        at = there.erase(at);
      }
      for (int i = 0; i < 4; ++i) {
        const Rr rr = some();
        if (there.emplace(key(rr), rr).second) delta.added.push_back(rr);
      }
      deltas.push_back(delta);
    }
    std::vector<Rr> expected{deltas.back().to};
    for (const auto& [k, rr] : there) expected.push_back(rr);
    const auto result = ApplyDeltas(RecordsOf(base), deltas);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(Lines(*result), Lines(RecordsOf(expected))) << "round " << round;
  }
}

}  // namespace
}  // namespace waypost::transfer
