#include "dnsd/control/lease_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/base/random.h"

namespace waypost::control {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Lease LeaseOf(const std::string& id, int duration_s = 10, const std::string& client = "web") {
  return {id, "pool/" + id, client, seconds(duration_s)};
}

class Leases : public ::testing::Test {
 protected:
  VirtualClock clock_;
  LeaseTable table_{clock_};
};

TEST_F(Leases, RunOutWhenTheirTimeIsUpAndNotBefore) {
  table_.Grant(LeaseOf("a"));
  clock_.Advance(seconds(10) - std::chrono::nanoseconds(1));
  EXPECT_THAT(table_.Expired(), IsEmpty());
  clock_.Advance(std::chrono::nanoseconds(1));
  EXPECT_THAT(table_.Expired(), ElementsAre("pool/a"));
  EXPECT_EQ(table_.Find("a")->left, seconds(0));
}

TEST_F(Leases, RenewedOnesHaveTheirWholeTimeAgain) {
  table_.Grant(LeaseOf("a"));
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(seconds(9));
    EXPECT_TRUE(table_.Renew("a"));
    EXPECT_EQ(table_.Find("a")->left, seconds(10));
  }
  clock_.Advance(seconds(10));
  EXPECT_FALSE(table_.Renew("a")) << "it ran out, even if nobody has taken it away yet";
  EXPECT_FALSE(table_.Renew("b"));
}

TEST_F(Leases, ThatNobodyHasSeenBeforeHaveTheirWholeTime) {
  table_.Grant(LeaseOf("a"));
  clock_.Advance(seconds(6));
  table_.Follow({LeaseOf("a"), LeaseOf("b")});
  EXPECT_EQ(table_.Find("a")->left, seconds(4)) << "known ones go on";
  EXPECT_EQ(table_.Find("b")->left, seconds(10));
  table_.Follow({LeaseOf("b")});
  EXPECT_FALSE(table_.Find("a").has_value());
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(Leases, AreCountedByClient) {
  table_.Grant(LeaseOf("a"));
  table_.Grant(LeaseOf("b"));
  table_.Grant(LeaseOf("b"));
  table_.Grant(LeaseOf("c", 10, "other"));
  EXPECT_EQ(table_.CountOf("web"), 2U);
  table_.Follow({LeaseOf("c", 10, "other")});
  EXPECT_EQ(table_.CountOf("web"), 0U);
  EXPECT_EQ(table_.CountOf("other"), 1U);
}

TEST_F(Leases, AreListedByRegistration) {
  table_.Grant({"1", "web/192.0.2.2", "c", seconds(5)});
  table_.Grant({"2", "web/192.0.2.1", "c", seconds(5)});
  ASSERT_EQ(table_.List().size(), 2U);
  EXPECT_EQ(table_.List()[0].lease.registration, "web/192.0.2.1");
}

/// Against a list that is searched from end to end.
TEST_F(Leases, AgreeWithASlowTable) {
  Random random(7);
  std::map<std::string, Steady> slow;
  for (int i = 0; i < 4000; ++i) {
    const std::string id = std::to_string(random.Next() % 40);
    clock_.Advance(std::chrono::milliseconds(random.Next() % 400));
    if (random.Next() % 3 == 0) {
      table_.Grant(LeaseOf(id));
      slow[id] = clock_.Now() + seconds(10);
    } else {
      const bool lives = slow.contains(id) && slow[id] > clock_.Now();
      ASSERT_EQ(table_.Renew(id), lives);
      if (lives) slow[id] = clock_.Now() + seconds(10);
    }
    std::vector<std::string> expired;
    for (const auto& [one, ends] : slow) {
      if (ends <= clock_.Now()) expired.push_back("pool/" + one);
    }
    ASSERT_THAT(table_.Expired(), ::testing::UnorderedElementsAreArray(expired));
  }
}

}  // namespace
}  // namespace waypost::control
