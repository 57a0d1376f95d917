// Who decides, with the real programs: regions of vantages, and vantages with more votes than
// others. What each vantage sees is a file of its own, which its command probe reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";

class Quorum : public ::testing::Test {
 protected:
  void StartDirector(const std::string& rule) {
    const std::string folder = d_.WriteConfiguration(R"(
{kind: Region, name: east}
---
{kind: Region, name: west}
---
kind: Monitor
name: seen
command: {name: look}
interval: 200ms
timeout: 20s
staleness: 2m
rise: 2
fall: 2
)" + rule + R"(---
{kind: Pool, name: east, region: east, monitor: seen, endpoints: [{address: 127.0.1.1}]}
---
{kind: Pool, name: west, region: west, endpoints: [{address: 127.0.2.1}]}
---
{kind: Policy, name: passive, preset: active_passive}
---
{kind: Record, name: www.example.test, types: A, policy: passive, pools: [east, west], ttl: {min: 0s}}
)");
    ASSERT_TRUE(d_.StartDirector({"--load", folder, "--state", "memory"})) << d_.director().err();
  }
  /// A vantage that sees the endpoint up.
  void StartVantage(const std::string& name, const std::string& region = "") {
    const std::string sight = d_.dir().path() + "/sight-" + name;
    const std::string config = d_.dir().Write(
        name + ".yaml", "commands:\n  look: {run: [/bin/grep, -q, fine, " + sight + "]}\n");
    Sees(name, true);
    d_.StartVantage(name, region, {"--config", config});
  }
  void Sees(const std::string& vantage, bool up) {
    const std::string written = d_.dir().Write("new", up ? "fine\n" : "broken\n");
    std::filesystem::rename(written, d_.dir().path() + "/sight-" + vantage);
  }
  /// So many vantages say so, whether their votes suffice or not.
  bool Counts(int up, int down) {
    const std::string words =
        std::to_string(up) + " up, " + std::to_string(down) + " down, 0 stale";
    return Eventually([&] { return Why().find(words) != std::string::npos; }, kLong);
  }
  std::string Why() { return d_.Ctl({"health", "why", "east/" + kEast}).out; }
  std::set<std::string> Now() { return d_.Ask("www.example.test").addresses; }
  bool Becomes(const std::string& address) {
    return Eventually([&] { return Now() == std::set<std::string>{address}; }, kLong);
  }

  static constexpr std::chrono::seconds kLong{60};
  Deployment d_;
};

TEST_F(Quorum, RegionsVoteAndManyVantagesInOneHaveOneVoteTogether) {
  StartDirector("voters: regions\n");
  const std::vector<std::string> many{"fra1", "fra2", "fra3"};
  for (const std::string& name : many) StartVantage(name, "fra");
  StartVantage("lon1", "lon");
  StartVantage("nyc1", "nyc");
  ASSERT_TRUE(Counts(5, 0)) << Why();
  for (const std::string& name : many) Sees(name, false);
  ASSERT_TRUE(Counts(2, 3)) << Why();
  EXPECT_THAT(Now(), ElementsAre(kEast)) << "three of five vantages, one of three regions";
  Sees("lon1", false);
  EXPECT_TRUE(Becomes(kWest)) << "two of three regions: " << Why();
  for (const std::string& name : many) Sees(name, true);
  EXPECT_TRUE(Becomes(kEast)) << Why();
}

TEST_F(Quorum, WeightsDecideButNoVantageAlone) {
  StartDirector("vantage_weights: {heavy: 3, lab: 0}\n");
  for (const char* name : {"heavy", "a", "b", "lab"}) StartVantage(name);
  ASSERT_TRUE(Counts(3, 0)) << "the one without a vote is not counted: " << Why();
  Sees("a", false);
  Sees("b", false);
  Sees("lab", false);
  ASSERT_TRUE(Counts(1, 2)) << Why();
  EXPECT_THAT(Now(), ElementsAre(kEast)) << "two votes of five";
  EXPECT_THAT(Why(), HasSubstr("has no vote here"));
  EXPECT_THAT(Why(), HasSubstr("3 votes"));
  Sees("a", true);
  Sees("b", true);
  ASSERT_TRUE(Counts(3, 0)) << Why();
  Sees("heavy", false);
  ASSERT_TRUE(Counts(2, 1)) << Why();
  EXPECT_THAT(Now(), ElementsAre(kEast)) << "three votes of five, of a single vantage";
  Sees("a", false);
  EXPECT_TRUE(Becomes(kWest)) << Why();
}

TEST_F(Quorum, DissentOfOneRegionIsToldWhenItBeginsAndWhenItIsOver) {
  HttpServer receiver;
  StartDirector("---\nkind: Webhook\nname: oncall\nurl: http://127.0.0.1:" +
                std::to_string(receiver.port()) + "/\nevents: [dissent]\n");
  StartVantage("fra1", "fra");
  StartVantage("lon1", "lon");
  StartVantage("nyc1", "nyc");
  ASSERT_TRUE(Counts(3, 0)) << Why();
  const auto delivered = [&](const std::string& count) {
    const std::string words = "\"delivered\": " + count;
    return Eventually(
        [&] {
          return d_.Ctl({"-o", "json", "status"}).out.find(words) != std::string::npos;
        },
        kLong);
  };
  Sees("fra1", false);
  EXPECT_TRUE(delivered("1")) << Why();
  EXPECT_THAT(receiver.last_request(), HasSubstr("Waypost-Event: dissent"));
  EXPECT_THAT(Why(), HasSubstr("down from 1 of 3, in region fra: seen only from there"));
  Sees("fra1", true);
  EXPECT_TRUE(delivered("2")) << Why();
}

}  // namespace
}  // namespace waypost::test
