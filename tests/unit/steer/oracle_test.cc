// Decide against the oracle, and its promises, on some thousands of random worlds.
#include "tests/unit/steer/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/steer/random_world.h"

namespace waypost::steer {
namespace {

using liveness::Standing;

constexpr uint64_t kWorlds = 4000;
constexpr int kQueries = 4;
constexpr Want kWants[] = {Want::kA, Want::kAaaa};

std::vector<std::string> IdsOf(const test::World& world, const Decision& decision) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < decision.count; ++i) {
    ids.push_back(world.steering().topology.endpoints[decision.endpoints[i]].id);
  }
  return ids;
}

struct Eligible {
  std::vector<std::string> ids;  // with weight if any has, in declared order, each address once
  bool has_doubles = false;
};

Eligible EligibleOf(const Oracle& oracle, const Oracle::Group& front, const Oracle::Up& up,
                    const Facts& facts) {
  for (const bool zero : {false, true}) {
    Eligible eligible;
    std::set<std::string> addresses;
    for (const std::string& pool : front) {
      for (const auto& [id, address] : oracle.EndpointsOf(pool)) {
        const auto& e = facts.endpoints.at(id);
        if (!up(e.standing) || (e.weight == 0) != zero) continue;
        const bool is_new = addresses.insert(address).second;
        eligible.has_doubles |= !is_new;
        eligible.ids.push_back(id);
      }
    }
    if (!eligible.ids.empty()) return eligible;
  }
  return {};
}

std::string AddressOf(const std::string& id) { return id.substr(id.find('/') + 1); }

bool AllDistinctAddresses(const std::vector<std::string>& ids) {
  std::set<std::string> addresses;
  for (const std::string& id : ids) addresses.insert(AddressOf(id));
  return addresses.size() == ids.size();
}

std::vector<std::string> FirstOfEachAddress(const std::vector<std::string>& ids) {
  std::vector<std::string> firsts;
  std::set<std::string> addresses;
  for (const std::string& id : ids) {
    if (addresses.insert(AddressOf(id)).second) firsts.push_back(id);
  }
  return firsts;
}

// True if `got` is an answer that `eligible` may give.
bool Fits(const std::vector<std::string>& got, const Eligible& eligible, size_t max) {
  if (eligible.ids.size() <= max) return got == FirstOfEachAddress(eligible.ids);
  const std::set<std::string> pool(eligible.ids.begin(), eligible.ids.end());
  for (const std::string& id : got) {
    if (pool.count(id) == 0) return false;
  }
  if (!AllDistinctAddresses(got)) return false;
  return eligible.has_doubles ? !got.empty() && got.size() <= max : got.size() == max;
}

void Compare(const RandomWorld& random, Want want) {
  Oracle oracle(random.world(), random.facts());
  const Oracle::Expected expected = oracle.Evaluate(random.record(), want);
  const Record& record = random.world().record_of("www.example.com");
  const Decision got =
      Decide(record, want, random.client(), random.world().world(), random.NextDraw());
  ASSERT_EQ(static_cast<int>(got.outcome), static_cast<int>(expected.outcome));
  ASSERT_EQ(got.ttl_s, expected.ttl_s);
  const std::vector<std::string> ids = IdsOf(random.world(), got);
  if (expected.fronts.empty()) {
    ASSERT_TRUE(ids.empty());
    return;
  }
  const bool fits =
      std::any_of(expected.fronts.begin(), expected.fronts.end(), [&](const Oracle::Group& front) {
        return Fits(ids, EligibleOf(oracle, front, expected.up, random.facts()),
                    expected.max_answers);
      });
  ASSERT_TRUE(fits) << "answer: " << ::testing::PrintToString(ids)
                    << "\nfronts: " << ::testing::PrintToString(expected.fronts);
  ASSERT_EQ(random.world().steering().topology.endpoints[got.endpoints[0]].pool, got.pool);
}

std::string Describe(const RandomWorld& random, uint64_t seed) {
  return "seed " + std::to_string(seed) + "\n" +
         random.world().policies().at("web").ShortDebugString() + "\n" +
         random.record().ShortDebugString();
}

template <typename Check>
void ForEachWorld(uint64_t first_seed, Check check) {
  for (uint64_t seed = first_seed; seed < first_seed + kWorlds; ++seed) {
    RandomWorld random(seed);
    SCOPED_TRACE(Describe(random, seed));
    for (int query = 0; query < kQueries; ++query) {
      random.NextQuery();
      for (const Want want : kWants) check(random, want);
    }
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(Oracle, AgreesOnRandomWorlds) {
  ForEachWorld(1, [](const RandomWorld& random, Want want) { Compare(random, want); });
}

TEST(RandomWorlds, TraceChangesNothingAndCallsAreRepeatable) {
  ForEachWorld(100000, [](const RandomWorld& random, Want want) {
    const Record& record = random.world().record_of("www.example.com");
    const World world = random.world().world();
    const Decision first = Decide(record, want, random.client(), world, random.NextDraw());
    Trace trace;
    ASSERT_TRUE(
        Same(first, Decide(record, want, random.client(), world, random.NextDraw(), &trace)));
    ASSERT_TRUE(Same(first, Decide(record, want, random.client(), world, random.NextDraw())));
    ASSERT_FALSE(trace.steps.empty());
    ASSERT_FALSE(trace.ttl_why.empty());
    ASSERT_FALSE(trace.scope_why.empty());
  });
}

TEST(RandomWorlds, ScopeZeroHoldsForEveryClient) {
  int compared = 0;
  ForEachWorld(200000, [&](const RandomWorld& random, Want want) {
    const Record& record = random.world().record_of("www.example.com");
    const World world = random.world().world();
    const Decision here = Decide(record, want, random.client(), world, random.NextDraw());
    if (here.scope != 0) return;
    ++compared;
    ASSERT_TRUE(Same(here, Decide(record, want, random.stranger(), world, random.NextDraw())));
  });
  EXPECT_GT(compared, 1000);
}

TEST(RandomWorlds, ScopeIsTheMapsPrefixOrThatOfTheNetwork) {
  ForEachWorld(300000, [](const RandomWorld& random, Want want) {
    const Record& record = random.world().record_of("www.example.com");
    const Decision d =
        Decide(record, want, random.client(), random.world().world(), random.NextDraw());
    ASSERT_TRUE(d.scope == 0 || d.scope == 20 || d.scope == 24) << int{d.scope};
  });
}

TEST(RandomWorlds, DrainedEndpointAnswersOnlyWhenNothingElseMay) {
  ForEachWorld(400000, [](const RandomWorld& random, Want want) {
    const Record& record = random.world().record_of("www.example.com");
    const Decision d =
        Decide(record, want, random.client(), random.world().world(), random.NextDraw());
    if (d.outcome != Outcome::kAnswered) return;
    for (const std::string& id : IdsOf(random.world(), d)) {
      const Standing standing = random.facts().endpoints.at(id).standing;
      ASSERT_NE(standing, Standing::kDrained);
      ASSERT_NE(standing, Standing::kForcedDown);
    }
  });
}

}  // namespace
}  // namespace waypost::steer
