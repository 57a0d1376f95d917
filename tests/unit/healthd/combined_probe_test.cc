#include <gmock/gmock.h>

#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using test::HttpServer;
using testing::HasSubstr;

class CombinedProbe : public testing::Test {
 protected:
  void Add(const std::string& name, uint16_t port) {
    v1::Monitor& member = *target.add_members();
    member.set_name(name);
    member.mutable_http()->set_port(port);
    target.mutable_monitor()->mutable_combined()->add_monitors(name);
  }
  void SetUp() override {
    Add("first", first.port());
    Add("second", second.port());
    Add("third", test::FreePort());  // where nothing listens
  }
  Outcome WithAtLeast(uint32_t count) {
    target.mutable_monitor()->mutable_combined()->set_at_least(count);
    return ProbeOnce(target);
  }

  HttpServer first;
  HttpServer second;
  v1::Target target = TargetAt("127.0.0.1");
};

TEST_F(CombinedProbe, WantsAsManySuccessesAsItSays) {
  EXPECT_TRUE(WithAtLeast(1).succeeded());
  EXPECT_TRUE(WithAtLeast(2).succeeded());
  const Outcome outcome = WithAtLeast(3);
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_REFUSED);
  EXPECT_EQ(outcome.failure.detail, "1 of 3 failed, 3 needed: third: connection refused");
  EXPECT_EQ(WithAtLeast(0).failure.fault, v1::FAULT_REFUSED) << "all, by default";
}

TEST_F(CombinedProbe, FailsWhenTooFewCanSucceedYet) {
  second.Reply(503);
  EXPECT_TRUE(WithAtLeast(1).succeeded());
  EXPECT_THAT(WithAtLeast(2).failure.detail, HasSubstr("2 of 3 failed, 2 needed: "));
}

TEST_F(CombinedProbe, DoesNotWaitForWhatNoLongerCounts) {
  second.Behave({test::Behaviour::Kind::kHang});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(WithAtLeast(1).succeeded());
  EXPECT_FALSE(WithAtLeast(3).succeeded());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(CombinedProbe, EachMemberHasItsOwnTimeout) {
  second.Behave({test::Behaviour::Kind::kHang});
  target.mutable_members(1)->mutable_timeout()->set_nanos(50'000'000);
  const Outcome outcome = WithAtLeast(2);
  EXPECT_THAT(outcome.failure.detail, HasSubstr("2 of 3 failed, 2 needed"));
  EXPECT_LT(outcome.phases.total_us, 1'500'000U);
}

TEST_F(CombinedProbe, EqualOnesAreTheSameProbe) {
  v1::Target other = target;
  EXPECT_EQ(*BuildSpec(target), *BuildSpec(other));
  other.mutable_members(1)->mutable_http()->set_path("/other");
  EXPECT_NE(*BuildSpec(target), *BuildSpec(other));
  other = target;
  other.mutable_monitor()->mutable_combined()->set_at_least(1);
  EXPECT_NE(*BuildSpec(target), *BuildSpec(other));
}

TEST_F(CombinedProbe, RefusesWhatCannotBe) {
  target.mutable_monitor()->mutable_combined()->set_at_least(4);
  EXPECT_FALSE(BuildSpec(target));
  target.mutable_monitor()->mutable_combined()->set_at_least(1);
  target.mutable_members(0)->mutable_http()->set_port(99999);
  EXPECT_THAT(BuildSpec(target).error().message, HasSubstr("monitor \"first\""));
  target.clear_members();
  EXPECT_FALSE(BuildSpec(target));
}

}  // namespace
}  // namespace waypost::probe
