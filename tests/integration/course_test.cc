// What becomes of verdicts over time, with the real programs: damping, slow start, panic, too few
// of a pool; and that a restart forgets none of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";
constexpr const char* kQuick = "interval: 100ms\ntimeout: 10s\nrise: 1\nfall: 1\n";

class Course : public ::testing::Test {
 protected:
  void Start(const std::string& monitor, const std::string& more) {
    folder_ = d_.WriteConfiguration(TwoRegions(servers_.port, kQuick + monitor) + R"(---
{kind: Policy, name: passive, preset: active_passive}
---
{kind: Record, name: www.example.test, types: A, policy: passive, pools: [east, west], ttl: {min: 0s}}
)" + more);
    StartDirector();
    d_.StartVantage("v1");
    ASSERT_TRUE(StatusSays("\"votes_up\": 1")) << d_.Ctl({"status"}).out;
  }
  void StartDirector() {
    ASSERT_TRUE(d_.StartDirector({"--load", folder_, "--state", d_.dir().path() + "/state"}))
        << d_.director().err();
  }
  bool StatusSays(const std::string& words) {
    return Eventually([&] {
      return d_.Ctl({"-o", "json", "status"}).out.find(words) != std::string::npos;
    });
  }
  bool WhySays(const std::string& words) {
    return Eventually([&] {
      return d_.Ctl({"health", "why", "east/" + kEast}).out.find(words) != std::string::npos;
    });
  }
  bool Becomes(const std::set<std::string>& addresses, const std::string& name = "www") {
    return Eventually([&] { return d_.Ask(name + ".example.test").addresses == addresses; });
  }

  TwoServers servers_;
  Deployment d_;
  std::string folder_;
};

TEST_F(Course, EndpointThatFlapsIsKeptDownAlsoAfterARestart) {
  Start("damping: {half_life: 1h, suppress: 150, reuse: 50, max: 1d}\n", "");
  // Only who was up can fall: the vote that Start has seen may be of the other one.
  ASSERT_TRUE(WhySays("up from 1 of 1"));
  for (int i = 0; i < 2; ++i) {
    servers_.east->Refuse();
    ASSERT_TRUE(Becomes({kWest}));
    servers_.east->Accept();
    if (i == 0) {
      ASSERT_TRUE(Becomes({kEast}));
    }
  }
  EXPECT_TRUE(WhySays("damped with a penalty of ")) << "though it is up";
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kWest));
  EXPECT_EQ(d_.director().Stop(), 0);
  StartDirector();
  EXPECT_TRUE(WhySays("damped with a penalty of "));
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre(kWest));
}

TEST_F(Course, EndpointThatRecoveredBeginsWithItsFirstShareAlsoAfterARestart) {
  Start("slow_start: {over: 1d, from: 20}\n", "");
  servers_.east->Refuse();
  ASSERT_TRUE(Becomes({kWest}));
  servers_.east->Accept();
  EXPECT_TRUE(StatusSays("\"ramp_percent\": 20"));
  EXPECT_EQ(d_.director().Stop(), 0);
  StartDirector();
  EXPECT_TRUE(StatusSays("\"ramp_percent\": 20")) << d_.Ctl({"status"}).out;
}

constexpr const char* kBoth = R"(---
{kind: Pool, name: both, region: east, monitor: web, health: {HEALTH}, endpoints: [{address: 127.0.1.1}, {address: 127.0.2.1}]}
---
{kind: Pool, name: spare, region: west, endpoints: [{address: 127.0.3.1}]}
---
{kind: Record, name: both.example.test, types: A, policy: passive, pools: [both, spare], ttl: {min: 0s}}
)";

std::string Both(const std::string& health) {
  std::string text = kBoth;
  return text.replace(text.find("HEALTH"), 6, health);
}

TEST_F(Course, PoolInPanicUsesAllOfItsEndpoints) {
  Start("", Both("panic_below: 60"));
  servers_.west->Refuse();
  EXPECT_TRUE(StatusSays("\"standing\": \"panic\"")) << d_.Ctl({"status"}).out;
  EXPECT_THAT(d_.Ask("both.example.test").addresses, ElementsAre(kEast, kWest));
}

TEST_F(Course, PoolWithTooFewUsableEndpointsIsLeft) {
  Start("", Both("min_up: 2"));
  ASSERT_TRUE(Becomes({kEast, kWest}, "both"));
  servers_.west->Refuse();
  EXPECT_TRUE(Becomes({"127.0.3.1"}, "both"));
  EXPECT_THAT(d_.Ctl({"status"}).out, HasSubstr("short"));
}

}  // namespace
}  // namespace waypost::test
