// Geo databases in the real director: one that changes under load, and a real one of the whole
// world.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/integration/deployment.h"
#include "tests/support/mmdb_writer.h"

namespace waypost::test {
namespace {

using ::testing::ElementsAre;

const std::string kEast = "127.0.1.1";
const std::string kWest = "127.0.2.1";

constexpr const char* kResources = R"(kind: Region
name: east
location: {latitude: 39.0, longitude: -77.5, country: US}
---
kind: Region
name: west
location: {latitude: 53.35, longitude: -6.26, country: IE}
---
{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.1}]}
---
{kind: Pool, name: west, region: west, endpoints: [{address: 127.0.2.1}]}
---
{kind: Policy, name: nearest, steps: [{latency: {tolerance: 10ms}}, {answers: {max: 1}}]}
---
{kind: Record, name: www.example.test, types: [A], policy: nearest, pools: [east, west]}
)";

MmdbValue::Map Place(const char* country, double latitude, double longitude) {
  return {{"country", MmdbValue::Map{{"iso_code", country}}},
          {"location", MmdbValue::Map{{"latitude", latitude}, {"longitude", longitude}}}};
}

/// One network of documentation, and as many others as make the file a little large.
std::string WriteDatabase(const std::string& path, const MmdbValue& place) {
  MmdbWriter writer({6, 28});
  for (uint32_t i = 0; i < 2000; ++i) {
    writer.Insert({IpAddress::FromV4(0x0B000000 + (i << 8)), 24},
                  Place(i % 2 == 0 ? "US" : "FR", 30.0 + i % 20, -100.0 + i % 100));
  }
  writer.Insert(*IpPrefix::Parse("192.0.2.0/24"), place);
  return writer.WriteTo(path);
}

TEST(GeoDatabase, IsSwappedUnderLoadAndNoAnswerIsLostOrWrong) {
  Deployment d;
  const MmdbValue::Map dublin = Place("IE", 53.3, -6.2), boston = Place("US", 42.4, -71.1);
  const std::string path = WriteDatabase(d.dir().path() + "/geo.mmdb", dublin);
  ASSERT_TRUE(d.StartDirector({"--load", d.WriteConfiguration(kResources), "--geo", path}))
      << d.director().err();
  ASSERT_THAT(d.Ask("www.example.test", 1, "192.0.2.0/24").addresses, ElementsAre(kWest));

  std::atomic<bool> stop{false};
  std::atomic<uint64_t> asked{0}, wrong{0};
  std::thread load([&] {
    DnsClient client(d.dns_port());
    while (!stop) {
      const auto addresses = client.Ask("www.example.test", 1, "192.0.2.0/24").addresses;
      ++asked;
      const bool is_whole =
          addresses.size() == 1 && (addresses.contains(kEast) || addresses.contains(kWest));
      if (!is_whole) ++wrong;
    }
  });
  std::filesystem::rename(WriteDatabase(path + ".new", boston), path);
  EXPECT_TRUE(Eventually([&] {
    return d.Ask("www.example.test", 1, "192.0.2.0/24").addresses == std::set<std::string>{kEast};
  }));
  d.dir().Write("bad.mmdb", "not a database");
  std::filesystem::rename(d.dir().path() + "/bad.mmdb", path);
  EXPECT_TRUE(Eventually([&] {
    return d.director().err().find("the changed database is not used") != std::string::npos;
  }));
  stop = true;
  load.join();
  EXPECT_THAT(d.Ask("www.example.test", 1, "192.0.2.0/24").addresses, ElementsAre(kEast))
      << "the last good one stays";
  EXPECT_GT(asked, 100U);
  EXPECT_EQ(wrong, 0U);
}

TEST(GeoDatabase, OfTheWorldSendsUniversitiesToTheNearerSide) {
  if (WAYPOST_SANITIZED) GTEST_SKIP() << "a sanitized build takes minutes to compile the world";
  std::vector<std::string> flags;
  const std::filesystem::path folder = "build/geo";
  if (std::filesystem::exists(folder)) {
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      if (file.path().extension() == ".mmdb") flags.insert(flags.end(), {"--geo", file.path()});
    }
  }
  if (flags.empty()) GTEST_SKIP() << "no database in build/geo; deploy/fetch-geodb --to build/geo";
  Deployment d;
  flags.insert(flags.end(), {"--load", d.WriteConfiguration(kResources)});
  ASSERT_TRUE(d.StartDirector(flags)) << d.director().err();
  for (const char* american : {"18.9.22.0/24", "171.64.0.0/24", "128.100.0.0/24"}) {
    EXPECT_THAT(d.Ask("www.example.test", 1, american).addresses, ElementsAre(kEast)) << american;
  }
  for (const char* european : {"163.1.0.0/24", "129.132.0.0/24", "130.149.0.0/24"}) {
    EXPECT_THAT(d.Ask("www.example.test", 1, european).addresses, ElementsAre(kWest)) << european;
  }
}

}  // namespace
}  // namespace waypost::test
