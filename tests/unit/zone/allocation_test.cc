// Lookups allocate nothing: a counter in operator new proves it.
#include <gtest/gtest.h>

#include "dnsd/zone/zone_index.h"
#include "tests/support/allocation_counter.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

static_assert(noexcept(std::declval<const Zone&>().Find({})));
static_assert(noexcept(std::declval<const Zone&>().FindExact({})));
static_assert(noexcept(std::declval<const ZoneIndex&>().Find({})));

TEST(Allocation, TheCounterCounts) {
  const size_t before = test::AllocationsOfThisThread();
  const auto memory = std::make_unique<int>(1);
  EXPECT_EQ(test::AllocationsOfThisThread(), before + 1);
}

TEST(Allocation, LookupsMakeNone) {
  const auto zone = Sound(
      "* TXT wild\na.b.c A 192.0.2.1\nsub NS ns.sub\nns.sub A 192.0.2.1\n"
      "d DNAME x.\n");
  const auto index = ZoneIndex::Build(std::vector<wire::Name>{N("example"), N("test")});
  std::vector<std::string> names;
  for (const char* name : {"example", "a.b.c.example", "b.c.example", "x.example", "x.c.example",
                           "x.y.sub.example", "x.d.example", "a.a.a.a.a.a.a.a.a.example"}) {
    names.push_back(Wire(name));
  }
  const size_t before = test::AllocationsOfThisThread();
  for (const std::string& name : names) {
    zone->Find(AsView(name));
    zone->FindExact(AsView(name));
    index.Find(AsView(name));
  }
  EXPECT_EQ(test::AllocationsOfThisThread(), before);
}

}  // namespace
}  // namespace waypost::zone
