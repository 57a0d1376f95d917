// A decision without a trace allocates nothing, whatever its chain.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "dnsd/base/random.h"
#include "tests/unit/steer/random_world.h"

namespace {
thread_local uint64_t allocations = 0;
}  // namespace

// The whole program counts. Not inlined: GCC 12 takes free() of what the inlined operator new
// returned for a mismatch.
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);
}

namespace waypost::steer {
namespace {

TEST(Decide, AllocatesNothingInRandomWorlds) {
  for (uint64_t seed = 1; seed < 1000; ++seed) {
    const RandomWorld random(seed);
    const Record& record = random.world().record_of("www.example.com");
    const World world = random.world().world();
    const Draw draw = random.NextDraw();
    const uint64_t before = allocations;
    const Decision a = Decide(record, Want::kA, random.client(), world, draw);
    const Decision aaaa = Decide(record, Want::kAaaa, random.client(), world, draw);
    const uint64_t after = allocations;
    ASSERT_EQ(after, before) << "seed " << seed << ", outcomes " << static_cast<int>(a.outcome)
                             << " " << static_cast<int>(aaaa.outcome);
  }
}

TEST(Decide, AllocatesForATraceSoTheCounterWorks) {
  const RandomWorld random(1);
  Trace trace;
  const uint64_t before = allocations;
  Decide(random.world().record_of("www.example.com"), Want::kA, random.client(),
         random.world().world(), {}, &trace);
  EXPECT_GT(allocations, before);
}

}  // namespace
}  // namespace waypost::steer
