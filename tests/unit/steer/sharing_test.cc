// What records and policies share once they are compiled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "dnsd/steer/chain.h"
#include "dnsd/steer/compile.h"
#include "tests/support/world.h"

namespace waypost::steer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two pools, and a policy for records of its own.
test::World Sound() {
  test::World world;
  world.AddRegion("eu", "country: 'IE'");
  world.AddPool("a", "eu", {"192.0.2.1", "2001:db8::1"});
  world.AddPool("b", "eu", {"192.0.2.3"});
  world.AddPolicy("web", "steps { weighted {} }");
  world.AddRecord("www.example.com", "web", {"a", "b"});
  return world;
}

std::vector<std::string> ProblemsOf(const test::World& world) {
  std::vector<std::string> texts;
  for (const Problem& problem : world.Compile().problems) texts.push_back(problem.ToString());
  return texts;
}

TEST(Sharing, RecordsOfOnePolicyShareTheirChainWhereItIsTheSame) {
  auto world = Sound();
  world.AddPool("c", "eu", {"192.0.2.4"});
  world.AddRecord("api.example.com", "web", {"b", "c"});
  world.AddRecord("one.example.com", "web", {"b"});
  const auto steering = world.Compile().steering;
  ASSERT_EQ(steering->records.size(), 3U);
  EXPECT_EQ(steering->records[0].chain, steering->records[2].chain);
  EXPECT_NE(steering->records[0].chain, steering->records[1].chain);  // one pool: no step
}

const Chain& ChainOf(const Steering& steering, const std::string& name) {
  for (const Record& record : steering.records) {
    if (record.name.ToString() == name) return *record.chain;
  }
  throw std::out_of_range(name);
}

TEST(Sharing, PoliciesThatSayTheSameShareStepsAndChains) {
  auto world = Sound();
  world.AddPolicy("before", "steps { policy: 'one' }");
  world.AddRecord("nested.example.com", "before", {"a", "b"});
  for (const std::string name : {"one", "two"}) {
    world.AddPolicy(name, "steps { weighted {} }");
    world.AddPolicy(name + "-few", "steps { weighted {} } steps { answers { max: 1 } }");
    world.AddRecord(name + ".example.com", name, {"a", "b"});
    world.AddRecord(name + "-few.example.com", name + "-few", {"a", "b"});
  }
  const auto steering = world.Compile().steering;
  ASSERT_NE(steering, nullptr);
  EXPECT_EQ(&ChainOf(*steering, "nested.example.com"), &ChainOf(*steering, "one.example.com"));
  const Chain& one = ChainOf(*steering, "one.example.com");
  const Chain& few = ChainOf(*steering, "one-few.example.com");
  EXPECT_EQ(&one, &ChainOf(*steering, "two.example.com"));
  EXPECT_EQ(&few, &ChainOf(*steering, "two-few.example.com"));
  EXPECT_NE(&one, &few);  // other knobs, the same steps
  EXPECT_EQ(one.steps().front().step, few.steps().front().step);
}

// Which pools wait with their failback is a matter of each policy.
TEST(Sharing, FailoversThatWaitAreTheirPolicysOwn) {
  auto world = Sound();
  for (const std::string name : {"one", "two"}) {
    world.AddPolicy(name, "steps { failover { failback: FAILBACK_MANUAL } }");
    world.AddRecord(name + ".example.com", name, {"a", "b"});
  }
  const auto steering = world.Compile().steering;
  ASSERT_NE(steering, nullptr);
  EXPECT_NE(ChainOf(*steering, "one.example.com").steps().front().step,
            ChainOf(*steering, "two.example.com").steps().front().step);
  std::set<std::string> policies;
  for (const Hold& hold : steering->holds) policies.insert(hold.policy);
  EXPECT_THAT(policies, ElementsAre("one", "two"));
}

TEST(Sharing, EachPolicyIsWarnedOfTheSameStep) {
  auto world = Sound();
  world.AddPolicy("outer", "steps { policy: 'one' }");
  for (const std::string name : {"one", "two"}) {
    world.AddPolicy(name, "steps { residency { label: 'law' prefer: true } }");
  }
  EXPECT_THAT(ProblemsOf(world),
              ElementsAre(HasSubstr("policy \"one\""), HasSubstr("policy \"two\"")));
}

}  // namespace
}  // namespace waypost::steer
