#include "dnsd/base/prefix_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dnsd/base/random.h"

namespace waypost {
namespace {

PrefixSet SetOf(std::initializer_list<const char*> texts) {
  std::vector<IpPrefix> prefixes;
  for (const char* text : texts) prefixes.push_back(*IpPrefix::Parse(text));
  return PrefixSet(prefixes);
}
IpAddress At(const char* text) { return *IpAddress::Parse(text); }

TEST(PrefixSet, TheEmptyOneHoldsNobody) {
  EXPECT_TRUE(PrefixSet().empty());
  EXPECT_FALSE(PrefixSet().Contains(At("0.0.0.0")));
}

TEST(PrefixSet, KnowsItsEdges) {
  const PrefixSet set = SetOf({"192.0.2.0/24", "10.0.0.0/8", "2001:db8::/32"});
  for (const char* inside : {"192.0.2.0", "192.0.2.255", "10.255.255.255", "2001:db8::1"}) {
    EXPECT_TRUE(set.Contains(At(inside))) << inside;
  }
  for (const char* outside : {"192.0.1.255", "192.0.3.0", "9.255.255.255", "11.0.0.0",
                              "2001:db9::", "::", "255.255.255.255"}) {
    EXPECT_FALSE(set.Contains(At(outside))) << outside;
  }
}

TEST(PrefixSet, ANetworkInsideOfAnotherHidesNothing) {
  const PrefixSet set = SetOf({"10.1.0.0/16", "10.0.0.0/8", "10.1.2.3"});
  EXPECT_TRUE(set.Contains(At("10.200.0.1")));
  EXPECT_TRUE(set.Contains(At("10.1.2.4")));
}

TEST(PrefixSet, FamiliesAreApart) {
  EXPECT_FALSE(SetOf({"0.0.0.0/0"}).Contains(At("::1")));
  EXPECT_FALSE(SetOf({"::/0"}).Contains(At("192.0.2.1")));
}

TEST(PrefixSet, AgreesWithASearchOfAll) {
  Random random(7);
  std::vector<IpPrefix> prefixes;
  for (int i = 0; i < 200; ++i) {
    const auto length = static_cast<uint8_t>(random.Below(33));
    const auto address = IpAddress::FromV4(static_cast<uint32_t>(random.Next() & 0x0F0F0F0F));
    if (length > 3) prefixes.push_back({address.Masked(length), length});
  }
  const PrefixSet set(prefixes);
  for (int i = 0; i < 20000; ++i) {
    const auto address = IpAddress::FromV4(static_cast<uint32_t>(random.Next() & 0x0F0F0FFF));
    const bool expected =
        std::ranges::any_of(prefixes, [&](const IpPrefix& p) { return p.Contains(address); });
    ASSERT_EQ(set.Contains(address), expected) << address.ToString();
  }
}

}  // namespace
}  // namespace waypost
