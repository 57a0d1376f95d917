// The promise that answering allocates nothing, tried by counting every allocation of this program.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "tests/unit/serve/serve_world.h"

namespace {

thread_local uint64_t allocations = 0;

void* Counted(size_t octets) {
  ++allocations;
  if (void* memory = std::malloc(octets)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(size_t octets) { return Counted(octets); }
void* operator new[](size_t octets) { return Counted(octets); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace waypost::serve {
namespace {

using test::QueryPacket;
using zone::Type;

class Allocations : public testing::Test {
 protected:
  Allocations() {
    world_.Endpoint("192.0.2.10").Endpoint("host.example.com");
    world_.Zone("example.com",
                "host A 192.0.2.1\nalias CNAME host\nold DNAME new\nhost.new A 192.0.2.2\n"
                "* TXT wild\nsub NS ns.sub\nns.sub A 192.0.2.3\n@ MX 1 host\n",
                {SteeredAddresses("www.example.com"), SteeredName("edge.example.com")});
    world_.Decides([](const steer::Record&, steer::Want want, const steer::Client&) {
      return want == steer::Want::kCname ? Chosen({1}, 20) : Chosen({0}, 20);
    });
  }

  /// Allocations of a thousand replies to this query.
  uint64_t Of(const QueryPacket& query) {
    const test::Bytes packet = query.Build();
    const uint64_t before = allocations;
    for (int i = 0; i < 1000; ++i) {
      EXPECT_GT(world_.Respond(packet), wire::kHeaderOctets);
    }
    return allocations - before;
  }

  ServeWorld world_;
};

TEST_F(Allocations, AreSeenByThisTest) {
  const uint64_t before = allocations;
  delete new int(1);
  EXPECT_EQ(allocations, before + 1);
}

TEST_F(Allocations, AreNoneForStaticAnswers) {
  for (const char* name : {"host.example.com", "alias.example.com", "host.old.example.com",
                           "x.y.example.com", "www.sub.example.com", "host.example.org"}) {
    EXPECT_EQ(Of(QueryPacket(name, Type::kA)), 0U) << name;
  }
  EXPECT_EQ(Of(QueryPacket("example.com", Type::kMx)), 0U);
  EXPECT_EQ(Of(QueryPacket("example.com", Type::kAny)), 0U);
  EXPECT_EQ(Of(QueryPacket("version.bind", Type::kTxt, 3)), 0U);
}

TEST_F(Allocations, AreNoneForSteeredAnswers) {
  EXPECT_EQ(Of(QueryPacket("www.example.com", Type::kA)), 0U);
  EXPECT_EQ(Of(QueryPacket("www.example.com", Type::kA).Subnet(1, 24, {198, 51, 100})), 0U);
  EXPECT_EQ(Of(QueryPacket("edge.example.com", Type::kA).Option(3, {})), 0U);
}

}  // namespace
}  // namespace waypost::serve
