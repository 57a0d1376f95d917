#include "dnsd/base/view_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "dnsd/base/random.h"

namespace waypost {
namespace {

IpAddress At(const char* text) { return *IpAddress::Parse(text); }
ViewRule Network(uint32_t view, const char* network) {
  return {view, "", std::nullopt, IpPrefix::Parse(network)};
}
ViewRule Asked(uint32_t view, const char* address) {
  return {view, "", IpAddress::Parse(address), std::nullopt};
}
ViewRule Key(uint32_t view, const char* key) { return {view, key, std::nullopt, std::nullopt}; }

ViewClient From(const char* address, const char* asked = "192.0.2.1", const char* key = "") {
  return {At(address), At(asked), key};
}

TEST(ViewMap, WithoutRulesNobodyHasAView) {
  EXPECT_EQ(ViewMap().Find(From("10.0.0.1")), ViewMap::kNone);
}

TEST(ViewMap, TheLongestNetworkWins) {
  const ViewMap map({Network(0, "10.0.0.0/8"), Network(1, "10.1.0.0/16"), Network(2, "10.1.2.3"),
                     Network(0, "10.1.2.0/24")});
  EXPECT_EQ(map.Find(From("10.200.0.1")), 0U);
  EXPECT_EQ(map.Find(From("10.1.200.1")), 1U);
  EXPECT_EQ(map.Find(From("10.1.2.3")), 2U);
  EXPECT_EQ(map.Find(From("10.1.2.4")), 0U);
  EXPECT_EQ(map.Find(From("10.1.3.0")), 1U);
  EXPECT_EQ(map.Find(From("11.0.0.0")), ViewMap::kNone);
  EXPECT_EQ(map.Find(From("::a00:1")), ViewMap::kNone);
}

TEST(ViewMap, AKeyComesBeforeAnAddressOfOursBeforeANetwork) {
  const ViewMap map({Network(0, "10.1.2.3"), Asked(1, "192.0.2.53"), Key(2, "inside")});
  EXPECT_EQ(map.Find(From("10.1.2.3", "192.0.2.1")), 0U);
  EXPECT_EQ(map.Find(From("10.1.2.3", "192.0.2.53")), 1U);
  EXPECT_EQ(map.Find(From("10.1.2.3", "192.0.2.53", "inside")), 2U);
  EXPECT_EQ(map.Find(From("10.1.2.3", "192.0.2.53", "other")), 1U);
}

TEST(ViewMap, CanLookAtRulesWithAKeyAlone) {
  const ViewMap map({Network(0, "10.1.2.3"), Key(2, "inside")});
  EXPECT_EQ(map.FindByKey(From("10.1.2.3")), ViewMap::kNone);
  EXPECT_EQ(map.FindByKey(From("10.1.2.3", "192.0.2.1", "other")), ViewMap::kNone);
  EXPECT_EQ(map.FindByKey(From("10.1.2.3", "192.0.2.1", "inside")), 2U);
}

TEST(ViewMap, ARuleWithSeveralConditionsWantsThemAll) {
  const ViewRule both{3, "inside", At("192.0.2.53"), IpPrefix::Parse("10.0.0.0/8")};
  const ViewMap map({both, Key(2, "inside")});
  EXPECT_EQ(map.Find(From("10.1.2.3", "192.0.2.53", "inside")), 3U);
  EXPECT_EQ(map.Find(From("11.1.2.3", "192.0.2.53", "inside")), 2U);
  EXPECT_EQ(map.Find(From("10.1.2.3", "192.0.2.53")), ViewMap::kNone);
}

/// The rule as its words have it: of all that name the client, the most specific one.
uint32_t FindSlowly(const std::vector<ViewRule>& rules, const ViewClient& client) {
  uint32_t best = ViewMap::kNone;
  std::tuple<bool, bool, int> best_rank{false, false, -2};
  for (const ViewRule& rule : rules) {
    if (!rule.key.empty() && rule.key != client.key) continue;
    if (rule.asked && *rule.asked != client.asked) continue;
    if (rule.network && !rule.network->Contains(client.address)) continue;
    const std::tuple rank{!rule.key.empty(), rule.asked.has_value(),
                          rule.network ? int{rule.network->length} : -1};
    if (rank > best_rank) {
      best_rank = rank;
      best = rule.view;
    }
  }
  return best;
}

class SmallWorld {
 public:
  explicit SmallWorld(uint64_t seed) : random_(seed) {}

  /// Of few addresses, keys and lengths, so that rules meet.
  IpAddress Address() { return IpAddress::FromV4(0x0A000000 | random_.Below(64)); }
  std::string Key() {
    return random_.Below(2) == 0 ? "" : "key" + std::to_string(random_.Below(2));
  }
  std::vector<ViewRule> Rules() {
    std::vector<ViewRule> rules;
    for (uint32_t i = 0; i < 12; ++i) {
      ViewRule rule{i, Key(), std::nullopt, std::nullopt};
      if (random_.Below(2) == 0) rule.asked = IpAddress::FromV4(0x0A000000 | random_.Below(2));
      if (random_.Below(4) != 0) {
        const auto length = static_cast<uint8_t>(26 + random_.Below(7));
        rule.network = IpPrefix{Address().Masked(length), length};
      }
      const bool is_new = std::none_of(rules.begin(), rules.end(),
                                       [&](const ViewRule& other) { return other.IsAlike(rule); });
      if (is_new) rules.push_back(rule);
    }
    return rules;
  }
  IpAddress AskedAddress() { return IpAddress::FromV4(0x0A000000 | random_.Below(3)); }

 private:
  Random random_;
};

TEST(ViewMap, FindsWhatTheSlowRuleFinds) {
  SmallWorld world(1);
  for (int round = 0; round < 2000; ++round) {
    const std::vector<ViewRule> rules = world.Rules();
    const ViewMap map(rules);
    for (int i = 0; i < 20; ++i) {
      const std::string key = world.Key();
      const ViewClient client{world.Address(), world.AskedAddress(), key};
      ASSERT_EQ(map.Find(client), FindSlowly(rules, client)) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace waypost
