// Two of four vantages watch each endpoint: the real programs share the work, and take over from
// one that dies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

const std::string kEast = "127.0.1.1";

/// A vantage is given up after ten seconds.
constexpr std::chrono::seconds kLong{90};

bool Says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// The names in "watched by v1, v2 (2 wanted)".
std::set<std::string> WatchersIn(const std::string& why) {
  static const std::regex line("watched by ([^(]*) \\(2 wanted\\)"), name("v[0-9]");
  std::smatch found;
  if (!std::regex_search(why, found, line)) return {};
  const std::string names = found[1];
  std::set<std::string> watchers;
  for (std::sregex_iterator at(names.begin(), names.end(), name), end; at != end; ++at) {
    watchers.insert(at->str());
  }
  return watchers;
}

TEST(SharedWatch, ADeadVantageIsReplacedAndTheEndpointFailsOverAllTheWhile) {
  TwoServers servers;
  Deployment d;
  const std::string monitor =
      "interval: 200ms\ntimeout: 10s\nrise: 2\nfall: 2\nvantages: 2\nstaleness: 3s\n";
  const std::string folder = d.WriteConfiguration(TwoRegions(servers.port, monitor) + R"(---
{kind: Policy, name: passive, preset: active_passive}
---
{kind: Record, name: www.example.test, types: A, policy: passive, pools: [east, west]}
)");
  ASSERT_TRUE(d.StartDirector({"--load", folder, "--state", "memory"})) << d.director().err();
  const std::vector<std::string> names{"v1", "v2", "v3", "v4"};
  for (const std::string& name : names) d.StartVantage(name);
  const auto why = [&] { return d.Ctl({"health", "why", kEast}).out; };
  // While vantages come and go, more than two may watch.
  std::set<std::string> before;
  ASSERT_TRUE(Eventually(
      [&] {
        const std::string text = why();
        before = WatchersIn(text);
        return before.size() == 2 && Says(text, "2 up, 0 down, 0 stale");
      },
      kLong))
      << why();

  d.vantage(*before.begin()).Kill();
  ASSERT_TRUE(Eventually(
      [&] {
        const std::set<std::string> now = WatchersIn(why());
        return now.size() == 2 && !now.contains(*before.begin());
      },
      kLong))
      << why();
  ASSERT_TRUE(Eventually([&] { return Says(why(), "2 up, 0 down, 0 stale"); }, kLong)) << why();
  servers.east->Refuse();
  EXPECT_TRUE(Eventually(
      [&] { return d.Ask("www.example.test").addresses == std::set<std::string>{"127.0.2.1"}; },
      kLong))
      << why();
  EXPECT_TRUE(Eventually([&] { return Says(why(), "down from 2 of 2"); }, kLong)) << why();
}

}  // namespace
}  // namespace waypost::test
