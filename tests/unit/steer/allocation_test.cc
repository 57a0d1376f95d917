// A decision without a trace allocates nothing, whatever its chain.
#include <gtest/gtest.h>

#include "dnsd/base/random.h"
#include "tests/support/allocation_counter.h"
#include "tests/unit/steer/random_world.h"

namespace waypost::steer {
namespace {

TEST(Decide, AllocatesNothingInRandomWorlds) {
  for (uint64_t seed = 1; seed < 1000; ++seed) {
    const RandomWorld random(seed);
    const Record& record = random.world().record_of("www.example.com");
    const World world = random.world().world();
    const Draw draw = random.NextDraw();
    const uint64_t before = test::AllocationsOfThisThread();
    const Decision a = Decide(record, Want::kA, random.client(), world, draw);
    const Decision aaaa = Decide(record, Want::kAaaa, random.client(), world, draw);
    const uint64_t after = test::AllocationsOfThisThread();
    ASSERT_EQ(after, before) << "seed " << seed << ", outcomes " << static_cast<int>(a.outcome)
                             << " " << static_cast<int>(aaaa.outcome);
  }
}

TEST(Decide, AllocatesForATraceSoTheCounterWorks) {
  const RandomWorld random(1);
  Trace trace;
  const uint64_t before = test::AllocationsOfThisThread();
  Decide(random.world().record_of("www.example.com"), Want::kA, random.client(),
         random.world().world(), {}, &trace);
  EXPECT_GT(test::AllocationsOfThisThread(), before);
}

}  // namespace
}  // namespace waypost::steer
